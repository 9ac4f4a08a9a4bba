#!/usr/bin/env python3
# schema_test: `mw schema` is a valid JSON Schema that accepts good node files and refuses bad ones.
# SPDX-License-Identifier: Apache-2.0
"""usage: schema_test.py MW FILE...   exits 77 when python3-jsonschema or python3-yaml is missing"""
import json
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

GOOD = "node: { id: n1 }\nplugins: { hello: { use: greeter } }\n"
# Each is one mistake away from GOOD.
BAD = [
    "node: { id: n1, zonne: a }\nplugins: { hello: { use: greeter } }\n",
    "node: { zone: a }\nplugins: { hello: { use: greeter } }\n",
    "node: { id: n1, lanes: 65 }\nplugins: { hello: { use: greeter } }\n",
    "node: { id: n1 }\nplugins: { hello: { use: greter } }\n",
    "node: { id: n1 }\nplugins: { hello: { greeting: hi } }\n",
    "node: { id: n1 }\nplugins: { hello: { use: greeter, greting: hi } }\n",
    "node: { id: n1 }\nplugins: { hello: { use: greeter, on_failure: ignore } }\n",
    "node: { id: n1 }\nplugins: { hello: { use: greeter } }\nbus: { on: peer.up }\n",
    "node: { id: n1 }\nplugins: { hello: { use: greeter } }\nbus: [{ to: [hello] }]\n",
    "node: { id: n1 }\nplugins: { hello: { use: greeter } }\nbuss: []\n",
]


class Yaml12(yaml.SafeLoader):
    """Editors read YAML 1.2, where `on` is text; PyYAML reads 1.1, where it is a boolean."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text):
    return yaml.load(text, Loader=Yaml12)


def main(mw, files):
    schema = json.loads(subprocess.run([mw, "schema"], check=True, capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = []
    for path in files:
        with open(path, encoding="utf-8") as text:
            for error in validator.iter_errors(read(text)):
                faults.append(f"{path}: {error.json_path}: {error.message}")
    if not validator.is_valid(read(GOOD)):
        faults.append("the good file is refused")
    for text in BAD:
        if validator.is_valid(read(text)):
            faults.append(f"accepted: {text!r}")
    print("\n".join(faults) or f"{len(files)} files accepted, {len(BAD)} refused")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
