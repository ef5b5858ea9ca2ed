"""lmms-eval's loop over settings: one run of its command for each, as its users do.

    python each_setting.py OUTPUT TASKS CHECKPOINT FRAMES RETENTION...
"""

import pathlib
import subprocess
import sys

output, tasks, checkpoint, frames, *retentions = sys.argv[1:]
for retention in retentions:
    model = f"pretrained={checkpoint},device=cpu,device_map=cpu,dtype=float32,max_frames_num={frames},retention={retention}"
    command = [sys.executable, "-m", "lmms_eval", "--model", "compressed_llava", "--model_args", model, "--tasks", "scenes", "--batch_size", "1"]
    command += ["--include_path", tasks, "--output_path", f"{output}/{retention}", "--log_samples"]
    subprocess.run(command, check=True)
    if not any(pathlib.Path(output, retention).glob("**/*_samples_scenes.jsonl")):  # its exit status is 0 after an error, too
        sys.exit(f"lmms-eval has no answers of retention {retention}")
