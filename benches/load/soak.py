"""A soak: the service on a new data folder, loaded at a constant rate by k6, with events and archive rolls.

    python3 benches/load/soak.py --k6 k6 --rate 3000 --minutes 30

Tells every half minute how much memory the service has. It fails where an answer does, where the service does not end
well, where its archive is not whole or a decision comes out otherwise, and, in ten minutes or more, where memory grows
after a warm-up of a fifth of the time by more than 5 % and what each declaration that must be known may take
(`--bytes-per-id`): 80 bytes in each of two tables that are half full at worst, that of the service and that of its
archive's thread.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).parents[2]
ADDRESS = "127.0.0.1:8091"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--greenlane", default=str(ROOT / "target/release/greenlane"))
    parser.add_argument("--k6", default="k6")
    parser.add_argument("--rate", type=int, default=1000, help="declarations a second")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--archive-age-s", type=int, default=60, help="seconds after which a file is sealed")
    parser.add_argument("--bytes-per-id", type=int, default=512, help="memory that a declaration may keep")
    return parser.parse_args()


def resident(pid):
    """Bytes that the process has in memory and cannot give back: without pages of files."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024


def get(path):
    with urllib.request.urlopen(f"http://{ADDRESS}{path}") as answer:
        return answer.read().decode()


def decided():
    return sum(int(n) for n in re.findall(r'^greenlane_decisions_total\{.*\} (\d+)', get("/metrics"), re.M))


def ready(server):
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"the service ended with {server.returncode}")
        try:
            return get("/readyz")
        except OSError:
            time.sleep(0.1)
    sys.exit("the service is not ready")


def watch(server, load, seconds):
    """Memory and declarations at the end of the warm-up and at the end."""
    begin, warm, last = time.monotonic(), None, None
    while load.poll() is None and server.poll() is None:
        time.sleep(min(30, seconds / 10))
        if load.poll() is not None:
            break
        passed = time.monotonic() - begin
        last = (resident(server.pid), decided())
        print(f"{passed:6.0f} s: {last[0] / 2**20:8.1f} MiB, {last[1]} decided", flush=True)
        if warm is None and passed >= seconds / 5:
            warm = last
    return warm, last


def main():
    args = arguments()
    data = pathlib.Path(tempfile.mkdtemp(prefix="greenlane-soak-"))
    # It must answer everything: what it refuses beside another load is for the bench of overload.
    patient = dict(os.environ, GREENLANE_LIMITS_QUEUE_MS="1000")
    server = subprocess.Popen(
        [args.greenlane, "serve", "--listen", ADDRESS, "--data", str(data / "data"),
         "--archive-age-s", str(args.archive_age_s)], env=patient)
    try:
        print(ready(server))
        seconds = args.minutes * 60
        load = subprocess.Popen(
            [args.k6, "run", "--quiet", "-e", f"RATE={args.rate}", "-e", f"DURATION={int(seconds)}s",
             "-e", f"BASE=http://{ADDRESS}", str(ROOT / "benches/load/decide.js")])
        warm, last = watch(server, load, seconds)
        if load.wait() != 0:
            sys.exit("requests have failed")
        server.send_signal(signal.SIGTERM)
        if server.wait() != 0:
            sys.exit(f"the service ended with {server.returncode}")
        for command in (["archive", "verify"], ["replay", "--fold"]):
            subprocess.run([args.greenlane, *command, "--data", str(data / "data")], check=True)
    finally:
        server.kill()
        shutil.rmtree(data)
    grown, known = last[0] - warm[0], last[1] - warm[1]
    allowed = warm[0] * 0.05 + known * args.bytes_per_id
    # A short run is all warm-up.
    judged = args.minutes >= 10
    print(f"memory grew by {grown / 2**20:.1f} MiB ({grown / warm[0]:.1%}) while {known} declarations were decided: "
          f"{grown / max(known, 1):.0f} bytes each")
    if judged and grown > allowed:
        sys.exit(f"more than the {allowed / 2**20:.1f} MiB that are allowed")


if __name__ == "__main__":
    main()
