"""Makes `episodes.jsonl` with the record types of verifiers 0.4: pip install verifiers; python make_episodes.py

An episode with one trace: a prompt, a turn that was left (the conversation went on from the prompt again), and two turns.
"""

import pathlib
import tempfile

from verifiers.v1 import trace as t
from verifiers.v1.episode import EnvInfo, Episode
from verifiers.v1.graph import MessageNode
from verifiers.v1.task import TaskData
from verifiers.v1.types import AssistantMessage, SystemMessage, UserMessage
from verifiers.v1.utils.trace_store import write_episode

HERE = pathlib.Path(__file__).parent
QUESTION = "Using the numbers [18, 7, 4], create an equation that equals 15."


def node(parent, message, sampled=False):
    return MessageNode(parent=parent, message=message, sampled=sampled, timestamp=1750000000.0)


task = t.TraceTask(type="countdown", data=TaskData(idx=3, prompt=QUESTION, system_prompt="You reason."))
trace = t.Trace[TaskData, t.State, dict](
    id="t1",
    verifiers=t.VersionInfo(version="0.4.0"),
    task=task,
    agent=t.AgentInfo[dict](config={}),
    nodes=[
        node(None, SystemMessage(content="You reason.")),
        node(0, UserMessage(content=QUESTION)),
        node(1, AssistantMessage(content="18 + 7 = 25"), True),
        node(1, AssistantMessage(content="<answer>18-7</answer>", reasoning_content="18 - 7 = 11."), True),
        node(3, UserMessage(content="Use all numbers.")),
        node(4, AssistantMessage(content="<answer>(18-7)+4</answer>", reasoning_content="11 + 4 = 15."), True),
    ],
    calls=[t.ModelCall(node=5, model="scripted/model", finish_reason="stop")],
    rewards={"exact": t.Reward(score=1.0), "format": t.Reward(score=0.5, weight=0.2)},
    is_completed=True,
    ok=True,
)
episode = Episode[TaskData, t.State, dict](id="e1", env=EnvInfo(id="countdown"), task=task, ok=True, traces=[trace])
with tempfile.TemporaryDirectory() as folder:
    write_episode(pathlib.Path(folder), episode)
    (HERE / "episodes.jsonl").write_bytes((pathlib.Path(folder) / "traces.jsonl").read_bytes())
