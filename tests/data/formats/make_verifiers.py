"""Makes the verifiers fixture with its own evaluation: pip install "verifiers==0.1.5"; python make_verifiers.py

A small server answers as an OpenAI endpoint does, with the texts below; the environment is Countdown.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import types
from http.server import BaseHTTPRequestHandler, HTTPServer

import verifiers as vf
from datasets import Dataset
from verifiers.scripts.eval import eval_environment

HERE = pathlib.Path(__file__).parent

PROBLEMS = [([18, 7, 4], 15), ([3, 5, 2], 13)]
ANSWERS = {
    "15": "<think>\n18 - 7 = 11, and 11 + 4 = 15.\n</think>\n<answer>(18 - 7) + 4</answer>",
    "13": "<think>\n3 * 5 = 15. 15 - 2 = 13? Yes, 13 ✓\n</think>\n<answer>3 * 5 + 2</answer>",
}


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = next(a for t, a in ANSWERS.items() if f"equals {t}." in asked["messages"][-1]["content"])
        message = {"role": "assistant", "content": text}
        body = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1750000000,
            "model": asked["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 40, "completion_tokens": 30, "total_tokens": 70},
        }
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def load_environment(**_):
    rows = [
        {
            "question": f"Using the numbers {numbers}, create an equation that equals {target}.",
            "answer": str(target),
            "info": {"numbers": numbers, "target": target},
            "task": "countdown",
        }
        for numbers, target in PROBLEMS
    ]
    parser = vf.XMLParser(["think", "answer"])

    def exact(completion, answer, **_):
        return float(eval(parser.parse_answer(completion) or "0") == int(answer))

    rubric = vf.Rubric(funcs=[exact, parser.get_format_reward_func()], weights=[1.0, 0.2], parser=parser)
    return vf.SingleTurnEnv(
        eval_dataset=Dataset.from_list(rows), system_prompt="Think, then answer.", parser=parser, rubric=rubric
    )


sys.modules["backtrail_countdown"] = types.ModuleType("backtrail_countdown")
sys.modules["backtrail_countdown"].load_environment = load_environment
server = HTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["NO_KEY"] = "none"
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    eval_environment(
        env="backtrail-countdown",
        env_args={},
        env_dir_path="./environments",
        endpoints_path="./none.py",
        model="scripted/model",
        api_key_var="NO_KEY",
        api_base_url=f"http://127.0.0.1:{server.server_port}/v1",
        extra_headers={},
        num_examples=2,
        rollouts_per_example=2,
        max_concurrent=1,
        max_tokens=512,
        temperature=0.7,
        sampling_args=None,
        verbose=False,
        save_dataset=True,
        save_to_hf_hub=False,
        hf_hub_dataset_name="",
    )
    (HERE / "verifiers").mkdir(exist_ok=True)
    for name in ("results.jsonl", "metadata.json"):
        shutil.copy(next(pathlib.Path(folder).glob(f"outputs/**/{name}")), HERE / "verifiers" / name)
