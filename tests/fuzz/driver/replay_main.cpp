// replay_main: runs a fuzz target over its corpus and over numbered mutations, without libFuzzer.
// SPDX-License-Identifier: Apache-2.0
#include "mutator.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using mw::fuzz::input;

std::vector<fs::path> files_in(const char* folder) {
  std::vector<fs::path> files;
  std::error_code broken;
  for (const auto& entry : fs::directory_iterator(folder, broken))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());  // mutation numbers depend on the order
  return files;
}

input read_input(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// An exact copy on the heap, so that a sanitizer sees the first byte read past the end.
void run_one(const input& bytes) {
  const input exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

// Names the input that ended the process: assertions trap, uncaught exceptions abort.
volatile std::sig_atomic_t running_mutation = 0;

void name_mutation(int signal_number) {
  char text[64];
  const int size =
      std::snprintf(text, sizeof text, "\nin mutation %ld\n", static_cast<long>(running_mutation));
  [[maybe_unused]] const ssize_t written = ::write(2, text, static_cast<std::size_t>(size));
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

// With `only` above zero, all but that mutation are skipped: this is how a failure is run again.
void run_mutations(const std::vector<input>& corpus, std::uint64_t count, std::uint64_t only) {
  mw::fuzz::mutator mutations(0x6d657368);
  for (std::uint64_t i = 1; i <= count; ++i) {
    const input bytes = mutations.next(corpus);
    if (only != 0 && i != only) continue;
    running_mutation = static_cast<std::sig_atomic_t>(i);
    run_one(bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER [MUTATIONS [ONLY_THIS_ONE]]\n", argv[0]);
    return 2;
  }
  std::vector<input> corpus;
  for (const fs::path& path : files_in(argv[1])) {
    std::printf("%s\n", path.filename().c_str());
    std::fflush(stdout);
    corpus.push_back(read_input(path));
    run_one(corpus.back());
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no inputs\n", argv[1]);
    return 1;
  }
  std::signal(SIGILL, name_mutation);
  std::signal(SIGABRT, name_mutation);
  const std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  run_mutations(corpus, count, argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0);
  std::printf("%zu inputs and %llu mutations done\n", corpus.size(),
              static_cast<unsigned long long>(count));
  return 0;
}
