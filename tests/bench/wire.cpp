// wire: cutting frames, checksums against memcpy, compression against sending bytes as they are.
// SPDX-License-Identifier: Apache-2.0
// links: mw_transport_common
#include "bench.h"
#include "common/compress/compress.h"
#include "common/cutter.h"
#include "common/frame_samples.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>

namespace {

using mw::bytes_view;
using mw::wire::checksum;
using mw::wire::compression;
using mw::wire::samples::byte_string;

struct counting_sink final : mw::wire::frame_sink {
  std::uint64_t bytes = 0;
  mw::status on_frame(const mw::wire::frame_head& /*head*/, bytes_view payload) override {
    bytes += payload.size();
    return {};
  }
  std::byte* place_for(const mw::wire::frame_head& /*head*/, std::size_t /*size*/,
                       bytes_view /*here*/) override {
    return nullptr;
  }
  mw::status on_placed(const mw::wire::frame_head& /*head*/, std::size_t /*size*/) override {
    return {};
  }
};

// As many frames as one read of 256 KiB brings.
struct full_read {
  byte_string bytes;
  std::uint64_t frames = 0;

  full_read(std::size_t payload, checksum sum) {
    const auto content = mw::wire::samples::bytes_of(payload, 3);
    while (bytes.size() < (std::size_t{256} << 10)) {
      mw::wire::samples::append_frame(bytes, {.id = ++frames}, content, sum);
    }
  }
};

void add_cutting(mw::bench::table& to, std::string name, std::size_t payload, checksum sum) {
  to.add(std::move(name), [read = std::make_shared<full_read>(payload, sum), sum](std::uint64_t n) {
    mw::wire::cutter_memory memory;
    mw::wire::frame_cutter cutter(memory);
    cutter.set_limits({mw::wire::frame_max, sum});
    counting_sink sink;
    for (std::uint64_t done = 0; done < n; done += read->frames)
      if (!cutter.feed(read->bytes, sink)) return;
    mw::bench::keep(sink.bytes);
  });
}

// What the checksum alone costs over the same bytes: the difference is the cutter's own.
void add_sums(mw::bench::table& to, std::string name, std::size_t payload, checksum sum) {
  to.add(std::move(name), [read = std::make_shared<full_read>(payload, sum), sum](std::uint64_t n) {
    const std::size_t covered = read->bytes.size() / read->frames - mw::wire::checksum_bytes(sum);
    std::uint64_t all = 0;
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::size_t at = i % read->frames * (read->bytes.size() / read->frames);
      all ^= mw::wire::checksum_of(sum, bytes_view(read->bytes).subspan(at, covered));
    }
    mw::bench::keep(all);
  });
}

mw::bench::table cutting(std::size_t payload) {
  mw::bench::table t("wire cut frames of " + std::to_string(payload) + " B", "ns", {"no checksum"});
  add_cutting(t, "no checksum", payload, checksum::none);
  add_cutting(t, "crc32c", payload, checksum::crc32c);
  add_cutting(t, "xxh3", payload, checksum::xxh3);
  add_sums(t, "crc32c alone", payload, checksum::crc32c);
  add_sums(t, "xxh3 alone", payload, checksum::xxh3);
  return t;
}

// GB/s of `work` over `size` bytes, with a few hundred MB at least in a full run.
template <class Work>
void add_rate(mw::bench::table& to, std::string name, std::size_t size, Work work) {
  to.add_value(std::move(name), [size, work](std::uint64_t items) mutable {
    const std::uint64_t rounds = 1 + items * 64 / size;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < rounds; ++i) work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return static_cast<double>(rounds * size) / took.count();
  });
}

mw::bench::table sums(std::size_t size) {
  mw::bench::table t("wire checksum of " + std::to_string(size) + " B", "GB/s", {"memcpy"});
  auto from = std::make_shared<byte_string>(mw::wire::samples::bytes_of(size, 5));
  auto to = std::make_shared<byte_string>(size);
  for (const checksum sum : {checksum::crc32c, checksum::xxh3})
    add_rate(t, std::string(to_string(sum)), size,
             [from, sum] { mw::bench::keep(mw::wire::checksum_of(sum, *from)); });
  add_rate(t, "memcpy", size, [from, to] {
    std::memcpy(to->data(), from->data(), from->size());
    mw::bench::keep(to->data());
  });
  return t;
}

byte_string log_lines(std::size_t size) {
  std::string text;
  for (std::uint64_t i = 1; text.size() < size; ++i)
    text += R"({"level":"info","node":"n)" + std::to_string(i % 17) + R"(","took_us":)" +
            std::to_string(i * 2654435761U % 100'000) + R"(,"peer":"10.0.)" +
            std::to_string(i * 40503U % 256) + R"(.7","event":"request done"})" + "\n";
  const bytes_view bytes = mw::as_bytes(std::string_view(text).substr(0, size));
  return {bytes.begin(), bytes.end()};
}

mw::bench::table packing(std::size_t size) {
  mw::bench::table t("wire pack log lines of " + std::to_string(size) + " B", "GB/s", {"raw"});
  auto text = std::make_shared<byte_string>(log_lines(size));
  auto copy = std::make_shared<byte_string>(size);
  for (const compression kind : {compression::lz4, compression::zstd}) {
    const std::string name(to_string(kind));
    auto pack = std::make_shared<mw::wire::packer>();
    add_rate(t, name + " pack", size,
             [pack, kind, text] { mw::bench::keep(pack->pack(kind, *text).size()); });
    const bytes_view packed = pack->pack(kind, *text);
    auto kept = std::make_shared<byte_string>(packed.begin(), packed.end());
    auto unpack = std::make_shared<mw::wire::unpacker>();
    add_rate(t, name + " unpack", size, [unpack, kind, kept, text] {
      mw::bench::keep(unpack->unpack(kind, *kept, text->size()).ok());
    });
  }
  add_rate(t, "probe", size, [text] { mw::bench::keep(mw::wire::should_compress(*text, 1)); });
  add_rate(t, "raw", size, [copy, text] {
    std::memcpy(copy->data(), text->data(), text->size());
    mw::bench::keep(copy->data());
  });
  return t;
}

mw::bench::table ratios(std::size_t size) {
  mw::bench::table t("wire packed size of log lines of " + std::to_string(size) + " B", "bytes",
                     {"raw"});
  auto text = std::make_shared<byte_string>(log_lines(size));
  for (const compression kind : {compression::lz4, compression::zstd})
    t.add_value(std::string(to_string(kind)), [text, kind](std::uint64_t /*items*/) {
      return static_cast<double>(mw::wire::packer().pack(kind, *text).size());
    });
  t.add_value("raw", [size](std::uint64_t /*items*/) { return static_cast<double>(size); });
  return t;
}

// Steady state: all kinds of work that a link does for each frame ask for no memory.
mw::bench::table allocations() {
  mw::bench::table t("wire allocations per 256 KiB read", "allocations", {});
  for (const std::size_t payload : {std::size_t{64}, std::size_t{100'000}})
    t.add_value("cut in pieces, " + std::to_string(payload) + " B", [payload](std::uint64_t n) {
      const full_read read(payload, checksum::xxh3);
      mw::wire::cutter_memory memory;
      mw::wire::frame_cutter cutter(memory);
      cutter.set_limits({mw::wire::frame_max, checksum::xxh3});
      counting_sink sink;
      const auto once = [&] {
        for (std::size_t at = 0; at < read.bytes.size(); at += 50'000)
          (void)cutter.feed(bytes_view(read.bytes)
                                .subspan(at, std::min<std::size_t>(50'000, read.bytes.size() - at)),
                            sink);
      };
      once();
      const std::uint64_t before = mw::bench::allocation_count();
      const std::uint64_t rounds = 1 + n / 100'000;
      for (std::uint64_t i = 0; i < rounds; ++i) once();
      return static_cast<double>(mw::bench::allocation_count() - before) /
             static_cast<double>(rounds);
    });
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_tables(
      argc, argv,
      {cutting(64), cutting(1024), sums(64), sums(1024), sums(65'536), sums(1 << 20), packing(1024),
       packing(65'536), ratios(1024), ratios(65'536), allocations()},
      2'000'000);
}
