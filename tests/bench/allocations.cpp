// allocations: counts every request for memory, so that a benchmark can show that it makes none.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::uint64_t> requests{0};
std::atomic<std::uint64_t> bytes{0};

void* counted(std::size_t size) {
  requests.fetch_add(1, std::memory_order_relaxed);
  bytes.fetch_add(size, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace mw::bench {
std::uint64_t allocation_count() {
  return requests.load(std::memory_order_relaxed);
}
std::uint64_t allocated_bytes() {
  return bytes.load(std::memory_order_relaxed);
}
}  // namespace mw::bench
