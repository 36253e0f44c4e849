"""Makes `events`, the bytes that src/train/tensorboard.rs must write, with TensorBoard's own writer.   python make.py   (package tensorboard)"""
from pathlib import Path
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

value = summary_pb2.Summary.Value
with open(Path(__file__).parent / "events", "wb") as file:
    writer = RecordWriter(file)
    for event in [
        event_pb2.Event(wall_time=1_700_000_000.25, file_version="brain.Event:2"),
        event_pb2.Event(wall_time=1_700_000_000.25, step=3, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START)),
        event_pb2.Event(wall_time=1_700_000_001.5, step=300, summary=summary_pb2.Summary(
            value=[value(tag="loss", simple_value=0.5), value(tag="rewards/exact/mean", simple_value=-1.25)])),
    ]:
        writer.write(event.SerializeToString())
    writer.flush()
