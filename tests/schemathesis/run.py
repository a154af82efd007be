"""Asks a service whatever its own description allows, and what it does not, by schemathesis: every check, no failure.

usage: run.py GREENLANE SCHEMATHESIS [ARGUMENT...]

Further arguments are schemathesis's. The shipped declarations must be as the description says. The service has a data folder of its own and callers that are known by a token; it must
end well, and every decision must be made again to the same outcome. The exit status is 1 if anything is otherwise.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

import jsonschema_rs

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "..", "fixtures", "ciq")
ADDRESS = "127.0.0.1:8091"
ROLES = ["declare", "officer", "policy", "analyst"]


def token(greenlane: str) -> tuple[str, str]:
    """A token with every role, and its line of a configuration."""
    command = [greenlane, "--json", "token", "create", "--name", "tester", "--expires", "2099-01-01"]
    for role in ROLES:
        command += ["--role", role]
    made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return made["token"], made["configuration"]


def wait_until_ready(service: subprocess.Popen) -> None:
    while service.poll() is None:
        try:
            urllib.request.urlopen(f"http://{ADDRESS}/readyz")
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("run.py: the service did not start")


def described(path: str) -> int:
    """How many lines of a file the description would not have."""
    with urllib.request.urlopen(f"http://{ADDRESS}/openapi.json") as answer:
        api = json.load(answer)
    schema = {"$ref": "#/components/schemas/Declaration", "components": api["components"]}
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    wrong = 0
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            for error in validator.iter_errors(json.loads(line)):
                print(f"{path}:{number}: {error.message}", file=sys.stderr)
                wrong += 1
    return wrong


def decide(path: str, secret: str) -> None:
    """Has the declarations of a file decided, so that some are known."""
    with open(path, "rb") as lines:
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"}
        request = urllib.request.Request(f"http://{ADDRESS}/v1/decisions/batch", lines.read(), headers)
    with urllib.request.urlopen(request) as answers:
        first = json.loads(answers.read().splitlines()[0])
    if "decision_id" not in first:
        sys.exit(f"run.py: not decided: {first}")
    # There is a change: whoever asks for those since the beginning does not wait for one.
    path = f"/v1/declarations/{first['declaration_id']}/cancel"
    request = urllib.request.Request(f"http://{ADDRESS}{path}", b"", headers, method="POST")
    urllib.request.urlopen(request).close()


def ask(schemathesis: str, secret: str, folder: str) -> list[int]:
    """What is wrong, in numbers that should all be 0."""
    declarations = os.path.join(FIXTURES, "declarations.ndjson")
    undescribed = described(declarations)
    decide(declarations, secret)
    asked = subprocess.run(
        [schemathesis, "--config-file", os.path.join(HERE, "schemathesis.toml"), "run"]
        + [f"http://{ADDRESS}/openapi.json", "--checks", "all", "--header", f"Authorization: Bearer {secret}"]
        # A minute is what somebody waits for a change at most.
        + ["--request-timeout", "70", "--max-response-time", "70", *sys.argv[3:]],
        # It keeps what it found where it runs.
        cwd=folder,
        env=dict(os.environ, SCHEMATHESIS_HOOKS=os.path.join(HERE, "hooks.py")),
        check=False,
    )
    return [undescribed, asked.returncode]


def main() -> int:
    greenlane, schemathesis = sys.argv[1:3]
    secret, line = token(greenlane)
    with tempfile.TemporaryDirectory() as folder:
        configuration = os.path.join(folder, "greenlane.toml")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(f"[limits]\nrequests_per_s = 1000000\n[tokens]\n{line}\n")
        data = os.path.join(folder, "data")
        service = subprocess.Popen(
            [greenlane, "serve", "--config", configuration, "--listen", ADDRESS, "--data", data]
            + ["--policy", os.path.join(FIXTURES, "policy"), "--registry", os.path.join(FIXTURES, "registry")]
            + ["--as-of", "declaration"]
        )
        try:
            wait_until_ready(service)
            found = ask(schemathesis, secret, folder)
        finally:
            service.terminate()
            ended = service.wait()
        replayed = subprocess.run([greenlane, "replay", "--fold", "--data", data], check=False)
    found += [ended, replayed.returncode]
    print(f"undescribed, schemathesis, the service, replay: {found}")
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
