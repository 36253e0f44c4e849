"""Writes anthropic-* and responses-* into tests/data/streams: answers as two APIs stream them, and as one.

    python tests/golden/event_streams.py        (needs anthropic 2.14 and openai 3.57)

Events are made with the packages' own types and served to their own clients by a scripted server: `.txt` is what goes over
the wire, `.jsonl` the events as the client gives them, `.json` the whole answer that the client has at the end.
"""

import json
import pathlib

import anthropic
import httpx2 as httpx
import openai
from anthropic.types import RawMessageStreamEvent
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

HERE = pathlib.Path(__file__).parent.parent / "data" / "streams"
THOUGHT = ["18 - 7 = 11, ", "11 + 4 ", "= 15."]
ANSWER = ["<answer>(18", "-7)+4</", "answer>"]


def wire(events):
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def served(text):
    answer = lambda _: httpx.Response(200, headers={"content-type": "text/event-stream"}, text=text)
    return httpx.Client(transport=httpx.MockTransport(answer))


def checked(kind, events):
    """Events as the package's types write them."""
    kind = TypeAdapter(kind)
    return [json.loads(kind.validate_python(event).to_json(indent=None)) for event in events]


def lines(events):
    return "".join(event.to_json(indent=None) + "\n" for event in events)


def messages(stop="end_turn"):
    usage = {"input_tokens": 12, "cache_read_input_tokens": 28, "cache_creation_input_tokens": 0, "output_tokens": 1}
    start = {"id": "msg_01", "type": "message", "role": "assistant", "model": "claude-test", "content": [],
             "stop_reason": None, "stop_sequence": None, "usage": usage}
    blocks = [
        ({"type": "thinking", "thinking": "", "signature": ""},
         [{"type": "thinking_delta", "thinking": t} for t in THOUGHT] + [{"type": "signature_delta", "signature": "c2ln"}]),
        ({"type": "redacted_thinking", "data": "ZW5jcnlwdGVk"}, []),
        ({"type": "text", "text": "", "citations": None}, [{"type": "text_delta", "text": t} for t in ANSWER]),
        ({"type": "tool_use", "id": "toolu_01", "name": "check", "input": {}},
         [{"type": "input_json_delta", "partial_json": p} for p in ["", '{"value": ', "15}"]]),
    ]
    yield {"type": "message_start", "message": start}
    for index, (block, deltas) in enumerate(blocks):
        yield {"type": "content_block_start", "index": index, "content_block": block}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None},
           "usage": {"output_tokens": 30, "input_tokens": None}}
    yield {"type": "message_stop"}


def responses(end="completed"):
    number = 0

    def event(kind, **fields):
        nonlocal number
        number += 1
        return {"type": f"response.{kind}", "sequence_number": number - 1, **fields}

    def response(status, output=(), **fields):
        return {"id": "resp_01", "object": "response", "created_at": 1750000000.0, "status": status, "error": None,
                "incomplete_details": None, "instructions": "You reason.", "metadata": {}, "model": "o-test",
                "output": list(output), "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto",
                "tools": [], "top_p": 1.0, "usage": None, **fields}

    def reasoning(text):
        summary = [{"type": "summary_text", "text": text}] if text else []
        return {"id": "rs_01", "type": "reasoning", "summary": summary}

    def message(text, status):
        content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}] if text else []
        return {"id": "msg_01", "type": "message", "role": "assistant", "status": status, "content": content}

    thought, answer = "".join(THOUGHT), "".join(ANSWER)
    yield event("created", response=response("in_progress"))
    yield event("in_progress", response=response("in_progress"))
    yield event("output_item.added", output_index=0, item=reasoning(""))
    at = {"item_id": "rs_01", "output_index": 0, "summary_index": 0}
    yield event("reasoning_summary_part.added", **at, part={"type": "summary_text", "text": ""})
    for piece in THOUGHT:
        yield event("reasoning_summary_text.delta", **at, delta=piece)
    yield event("reasoning_summary_text.done", **at, text=thought)
    yield event("reasoning_summary_part.done", **at, part={"type": "summary_text", "text": thought})
    yield event("output_item.done", output_index=0, item=reasoning(thought))
    yield event("output_item.added", output_index=1, item=message("", "in_progress"))
    at = {"item_id": "msg_01", "output_index": 1, "content_index": 0}
    yield event("content_part.added", **at, part={"type": "output_text", "text": "", "annotations": [], "logprobs": []})
    for piece in ANSWER:
        yield event("output_text.delta", **at, delta=piece, logprobs=[])
        if end == "failed":
            error = {"code": "server_error", "message": "The server had an error."}
            yield event("failed", response=response("failed", error=error))
            return
    yield event("output_text.done", **at, text=answer, logprobs=[])
    part = {"type": "output_text", "text": answer, "annotations": [], "logprobs": []}
    yield event("content_part.done", **at, part=part)
    yield event("output_item.done", output_index=1, item=message(answer, "completed"))
    usage = {"input_tokens": 40, "input_tokens_details": {"cached_tokens": 28, "cache_write_tokens": 0}, "output_tokens": 30,
             "output_tokens_details": {"reasoning_tokens": 20}, "total_tokens": 70}
    yield event("completed", response=response("completed", [reasoning(thought), message(answer, "completed")], usage=usage))


def write(name, text):
    (HERE / name).write_text(text)


def main():
    asked = {"model": "claude-test", "max_tokens": 99, "messages": [{"role": "user", "content": "?"}]}
    events = checked(RawMessageStreamEvent, messages())
    # The server says `ping` now and then; the client's types do not know it.
    text = wire([events[0], {"type": "ping"}, *events[1:]])
    write("anthropic-messages.txt", text)
    client = lambda text: anthropic.Anthropic(api_key="none", http_client=served(text), max_retries=0)
    write("anthropic-messages.jsonl", lines(client(text).messages.create(**asked, stream=True)))
    with client(text).messages.stream(**asked) as stream:
        write("anthropic-message.json", stream.get_final_message().to_json(indent=None) + "\n")
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    text = wire([*events[:4], overloaded])
    write("anthropic-error.txt", text)
    try:
        list(client(text).messages.create(**asked, stream=True))
        raise SystemExit("the client takes an error for an answer")
    except anthropic.APIStatusError as error:
        assert "Overloaded" in str(error)

    asked = {"model": "o-test", "input": "?"}
    text = wire(checked(ResponseStreamEvent, responses()))
    write("responses.txt", text)
    client = lambda text: openai.OpenAI(api_key="none", http_client=served(text), max_retries=0)
    events = list(client(text).responses.create(**asked, stream=True))
    write("responses.jsonl", lines(events))
    write("response.json", events[-1].response.to_json(indent=None) + "\n")
    text = wire(checked(ResponseStreamEvent, responses("failed")))
    write("responses-failed.txt", text)
    assert list(client(text).responses.create(**asked, stream=True))[-1].response.status == "failed"


main()
