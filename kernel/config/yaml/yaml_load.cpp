// yaml_load: the only file that includes yaml-cpp, used as an event parser.
// SPDX-License-Identifier: Apache-2.0
#include "yaml_load.h"

#include "yaml_builder.h"
#include "yaml_syntax.h"
#include "yaml_text.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace mw::kernel {
namespace {

// Marks count bytes from the start of the parsed text, which begins at `shift_` in the source.
class event_adapter final : public YAML::EventHandler {
 public:
  event_adapter(yaml_builder& builder, std::size_t shift) : builder_(builder), shift_(shift) {}

  [[nodiscard]] std::size_t offset(const YAML::Mark& mark) const {
    return shift_ + static_cast<std::size_t>(std::max(mark.pos, 0));
  }
  [[nodiscard]] std::optional<std::size_t> document_start() const { return document_start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { document_start_ = offset(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.null(offset(mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.alias(offset(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    builder_.scalar({offset(mark), anchor}, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    builder_.open(node_kind::list, {offset(mark), anchor}, style == YAML::EmitterStyle::Flow);
  }
  void OnSequenceEnd() override { builder_.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    builder_.open(node_kind::map, {offset(mark), anchor}, style == YAML::EmitterStyle::Flow);
  }
  void OnMapEnd() override { builder_.close(); }

 private:
  yaml_builder& builder_;
  std::size_t shift_;
  std::optional<std::size_t> document_start_;
};

// Only notes where a second document would begin.
class document_probe final : public YAML::EventHandler {
 public:
  [[nodiscard]] std::optional<int> start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark.pos; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  std::optional<int> start_;
};

// The parser takes a wrongly indented line at the top level for the start of another document.
void report_second_document(std::size_t offset, std::string_view text, yaml_builder& builder,
                            diagnostics& found) {
  const std::size_t line = text.rfind('\n', offset == 0 ? 0 : offset - 1) + 1;
  const std::string_view before = text.substr(0, offset);
  const bool marked =
      text.substr(offset).starts_with("---") || before.find("\n...") != std::string_view::npos;
  const std::size_t length = rest_of_line(text, offset).size();
  if (marked) {
    found
        .error("CFG0009", builder.locate().at(offset, length), "a second YAML document begins here")
        .helping("put it in a file of its own and use 'include:'");
  } else {
    found
        .error("CFG0004", builder.locate().at(offset, length),
               "this does not fit what stands above it")
        .helping(line == 0 ? "a file is a map of keys and values" : "indent it like the first key");
  }
}

}  // namespace

tree_node load_yaml(source_id id, const source_set& sources, diagnostics& found,
                    const yaml_limits& limits, std::size_t offset) {
  if (!check_yaml_text(id, sources, found, limits)) return {};
  const source_text& source = sources.at(id);
  yaml_builder builder(id, source, found, limits);
  event_adapter events(builder, offset);
  document_probe probe;
  // At most two documents are asked for: some inputs make the parser offer empty ones without end.
  try {
    std::istringstream stream(source.text.substr(offset));
    YAML::Parser parser(stream);
    parser.HandleNextDocument(events);
    if (!builder.stopped()) parser.HandleNextDocument(probe);
  } catch (const YAML::Exception& e) {
    // What was already found explains the parser's confusion better than the parser does.
    const bool explained = builder.stopped() || builder.ran_on();
    if (!explained) report_syntax_error(e.msg, events.offset(e.mark), source.text, builder, found);
    return {};
  }
  if (builder.stopped()) return {};
  if (probe.start()) {
    const auto second = offset + static_cast<std::size_t>(std::max(*probe.start(), 0));
    report_second_document(second, source.text, builder, found);
    return {};
  }
  return builder.take_root();
}

}  // namespace mw::kernel
