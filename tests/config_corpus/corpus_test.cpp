// corpus_test: every seeded mistake is refused, located, reported with all others, and understood.
// SPDX-License-Identifier: Apache-2.0
#include "compose/compose.h"
#include "compose/load_document.h"
#include "corpus_plugins.h"
#include "expectation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace mw::corpus {
namespace {

constexpr std::size_t files_min = 80;

struct score {
  std::size_t good = 0;
  std::size_t all = 0;
  void count(bool passed) {
    ++all;
    good += passed ? 1 : 0;
  }
  [[nodiscard]] std::string text() const {
    return std::to_string(good) + "/" + std::to_string(all);
  }
};

struct scores {
  score refused;  // by file: there is an error (or the warning that was expected)
  score located;  // by mistake: its code at its place
  score at_once;  // by file: exactly the expected mistakes, no more and no fewer
  score nearest;  // by mistake with a nearest name: that name was suggested
};

// What `mw check` does with a file.
struct checked {
  kernel::plugin_loader loader{{MW_PLUGIN_FOLDER}};
  kernel::diagnostics found;
  std::shared_ptr<kernel::config_document> document;

  explicit checked(const corpus_file& file) {
    add_plugins(loader);
    kernel::config_request request;
    request.path = file.path;
    request.variables = file.variables;
    request.flags = file.flags;
    document = kernel::load_document(std::move(request), loader, found);
    static_cast<void>(kernel::compose(document, loader, found));
  }
  [[nodiscard]] std::multiset<std::string> mistakes() const {
    std::multiset<std::string> out;
    for (const kernel::diagnostic& d : found.sorted()) {
      out.insert(d.code + " @ " + document->sources.describe(d.where));
    }
    return out;
  }
  [[nodiscard]] bool suggests(const expectation& wanted) const {
    const auto all = found.sorted();
    return std::any_of(all.begin(), all.end(), [&](const kernel::diagnostic& d) {
      return d.code == wanted.code && document->sources.describe(d.where) == wanted.place &&
             d.suggestion == wanted.suggestion;
    });
  }
};

void judge(const corpus_file& file, scores& total) {
  const checked run(file);
  const std::multiset<std::string> found = run.mistakes();
  std::multiset<std::string> expected;
  const std::size_t missed_before = total.located.all - total.located.good;
  for (const expectation& wanted : file.expected) {
    const std::string mistake = wanted.code + " @ " + wanted.place;
    expected.insert(mistake);
    total.located.count(found.contains(mistake));
    if (!wanted.suggestion.empty()) total.nearest.count(run.suggests(wanted));
  }
  total.refused.count(!found.empty());
  total.at_once.count(found == expected);
  const bool all_located = total.located.all - total.located.good == missed_before;
  CHECK_MESSAGE((all_located && found == expected),
                file.path << ":\n"
                          << kernel::render_text(run.found, run.document->sources));
}

TEST_CASE("the corpus of wrong files") {
  const auto corpus = find_corpus(MW_CORPUS_FOLDER);
  REQUIRE(corpus.size() >= files_min);
  scores total;
  for (const corpus_file& file : corpus) judge(file, total);
  MESSAGE("files refused " << total.refused.text() << ", mistakes located " << total.located.text()
                           << ", files reported all at once " << total.at_once.text()
                           << ", nearest names " << total.nearest.text());
  CHECK(total.refused.good == total.refused.all);
  CHECK(total.located.good == total.located.all);
  CHECK(total.at_once.good == total.at_once.all);
  CHECK(total.nearest.good == total.nearest.all);
}

TEST_CASE("no message shows a secret or an escape sequence") {
  for (const corpus_file& file : find_corpus(MW_CORPUS_FOLDER)) {
    const checked run(file);
    const std::string text = kernel::render_text(run.found, run.document->sources) +
                             kernel::render_json(run.found, run.document->sources);
    CAPTURE(file.path);
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
  }
}

}  // namespace
}  // namespace mw::corpus
