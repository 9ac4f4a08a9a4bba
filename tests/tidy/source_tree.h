// source_tree: the files the rules look at, each with its code and its comments told apart.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::tidy {

// Which part of the tree a file belongs to; the rules differ per floor (DESIGN.md, "Floors").
enum class floor {
  sdk,       // sdk/include, sdk/src: the C++ standard library only
  kernel,    // kernel/: sdk and a few named third-party libraries
  plugin,    // transport/ security/ discovery/ loadbalance/ plugins/
  test,      // tests/, sdk/testing/ and every *_test.cpp
  example,   // examples/, sdk/template/
  elsewhere  // build files, documents
};

struct source_file {
  std::string path;      // relative to the root, with forward slashes
  std::string text;      // as on disk
  std::string code;      // C++ only: comments and literals blanked out, same length and lines
  std::string comments;  // C++ only: everything but comments blanked out
  floor on = floor::elsewhere;

  [[nodiscard]] bool is_cpp() const;     // .h or .cpp
  [[nodiscard]] bool is_header() const;  // .h
  [[nodiscard]] bool is_test() const;    // *_test.cpp or on the test floor
  [[nodiscard]] bool is_build() const;   // CMakeLists.txt or .cmake
  [[nodiscard]] bool is_script() const;  // starts with #!
  [[nodiscard]] bool is_data() const;    // corpora, transcripts, golden files: kept byte for byte
  [[nodiscard]] std::string_view name() const;    // after the last slash
  [[nodiscard]] std::string_view folder() const;  // before the last slash, "" at the root
};

struct source_tree {
  std::vector<source_file> files;  // sorted by path

  [[nodiscard]] const source_file* find(std::string_view path) const;
};

// Reads every text file under `root`, leaving out build trees and dot-folders other than .ci.
source_tree load_tree(const std::string& root);

// A tree made of strings, for the tests of the rules.
source_tree make_tree(std::vector<std::pair<std::string, std::string>> files);

// The 1-based line that holds `offset`.
std::size_t line_of(std::string_view text, std::size_t offset);

// The lines of a text, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

bool is_word(char c);  // may be part of an identifier

}  // namespace mw::tidy
