// expectation: what a file of the corpus says about its own mistakes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/layers/load_config.h"

#include <string>
#include <vector>

namespace mw::corpus {

// `# expect: CFG0020 @ 7:5 suggest=listen` in the file; places in other sources name them, as in
// `@ parts/tcp.yaml:4:35` or `@ --set:1:13`.
struct expectation {
  std::string code;
  std::string place;  // "values/x.yaml:7:5", relative to the corpus
  std::string suggestion;
};

struct corpus_file {
  std::string path;  // of the file to load
  std::vector<expectation> expected;
  kernel::environment variables;   // `# env: NAME=value`
  std::vector<std::string> flags;  // `# flag: path=value`
};

// Every file below `folder` that expects something, sorted by path.
[[nodiscard]] std::vector<corpus_file> find_corpus(const std::string& folder);

}  // namespace mw::corpus
