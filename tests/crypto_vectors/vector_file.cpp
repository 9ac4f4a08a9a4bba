// vector_file: reads the JSON of these files: whole numbers, and no escapes but \n and \".
// SPDX-License-Identifier: Apache-2.0
#include "vector_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace mw::tests {
namespace {

class json_reader {
 public:
  explicit json_reader(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] char peek() {
    at_ = text_.find_first_not_of(" \n\r\t", at_);
    MW_ASSERT(at_ != std::string::npos, "the file does not end here");
    return text_[at_];
  }
  // True: it was there, and is behind us.
  bool take(char c) { return peek() == c && ++at_ != 0; }

  std::string text() {
    MW_ASSERT(take('"'), "a text begins here");
    std::string out;
    for (; text_.at(at_) != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      out += text_.at(at_);
    }
    ++at_;
    return out;
  }
  std::uint64_t number() {
    std::size_t used = 0;
    const std::uint64_t out = std::stoull(text_.substr(at_, 20), &used);
    at_ += used;
    return out;
  }
  // Calls f(name) in front of each value, which f reads.
  template <class F>
  void object(F f) {
    MW_ASSERT(take('{'), "an object begins here");
    while (!take('}')) {
      const std::string name = text();
      MW_ASSERT(take(':'), "a value follows its name");
      f(name);
      (void)take(',');
    }
  }
  template <class F>
  void array(F f) {
    MW_ASSERT(take('['), "a list begins here");
    while (!take(']')) {
      f();
      (void)take(',');
    }
  }
  void skip() {
    if (peek() == '{') return object([this](const std::string&) { skip(); });
    if (peek() == '[') return array([this] { skip(); });
    if (peek() == '"') return void(text());
    at_ = text_.find_first_of(",]}\n", at_);
  }
  void field(const std::string& name, vector_case& into) {
    const char c = peek();
    if (c == '"')
      into.texts[name] = text();
    else if (c >= '0' && c <= '9')
      into.numbers[name] = number();
    else
      skip();
  }

  [[nodiscard]] std::size_t at() const { return at_; }
  void go(std::size_t to) { at_ = to; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

vector_case read_case(json_reader& in, const vector_case& shared) {
  vector_case one = shared;
  in.object([&](const std::string& name) {
    if (name != "flags") return in.field(name, one);
    in.array([&] { one.flags.push_back(in.text()); });
  });
  one.id = one.numbers.at("tcId");
  one.result = one.texts.at("result");
  return one;
}

// The fields of a group may come behind its tests, so it is read twice.
std::uint64_t read_group(json_reader& in, const std::function<void(const vector_case&)>& f) {
  const std::size_t begin = in.at();
  vector_case shared;
  in.object([&](const std::string& name) {
    if (name == "tests") return in.skip();
    in.field(name, shared);
  });
  in.go(begin);
  std::uint64_t count = 0;
  in.object([&](const std::string& name) {
    if (name != "tests") return in.skip();
    in.array([&] {
      f(read_case(in, shared));
      ++count;
    });
  });
  return count;
}

}  // namespace

bool vector_case::has_flag(const std::string& name) const {
  return std::find(flags.begin(), flags.end(), name) != flags.end();
}

std::uint64_t each_case(const std::string& path, const std::function<void(const vector_case&)>& f) {
  std::ifstream file(path);
  std::stringstream all;
  all << file.rdbuf();
  json_reader in(std::move(all).str());
  vector_case head;
  std::uint64_t count = 0;
  in.object([&](const std::string& name) {
    if (name != "testGroups") return in.field(name, head);
    in.array([&] { count += read_group(in, f); });
  });
  MW_ASSERT(count == head.numbers.at("numberOfTests"), "the file is complete");
  return count;
}

}  // namespace mw::tests
