// codec: what encoding and decoding a message costs through codec/1, beside msgpack-c.
// SPDX-License-Identifier: Apache-2.0
// links: transport_msgpack_objects
#define MSGPACK_NO_BOOST
#include "bench.h"
#include "message_codec.h"

#include <mw/assert.h>

#include <msgpack.hpp>

#include <array>
#include <memory>

namespace {

// As an order looks that is passed on: ten fields, 111 bytes.
struct order {
  std::uint64_t id = 0;
  std::string_view customer;
  std::string_view item;
  std::uint32_t count = 0;
  double price = 0;
  std::int64_t created = 0;
  bool paid = false;
  std::string_view note;
  std::int32_t region = 0;
  std::uint64_t trace = 0;

  static constexpr auto fields() {
    return mw::field_list(
        mw::field<&order::id>("id", ""), mw::field<&order::customer>("customer", ""),
        mw::field<&order::item>("item", ""), mw::field<&order::count>("count", ""),
        mw::field<&order::price>("price", ""), mw::field<&order::created>("created", ""),
        mw::field<&order::paid>("paid", ""), mw::field<&order::note>("note", ""),
        mw::field<&order::region>("region", ""), mw::field<&order::trace>("trace", ""));
  }
  MSGPACK_DEFINE_ARRAY(id, customer, item, count, price, created, paid, note, region, trace)
};

constexpr order sample{.id = 123'456'789'012,
                       .customer = "customer-000117",
                       .item = "part 4711, stainless steel",
                       .count = 12,
                       .price = 1299.95,
                       .created = 1'790'000'000'000'000'000,
                       .paid = true,
                       .note = "leave at the gate",
                       .region = -300,
                       .trace = 0x9e3779b97f4a7c15};

// The same with its own memory, as handlers keep it.
struct owned_order {
  std::uint64_t id = 0;
  std::string customer;
  std::string item;
  std::uint32_t count = 0;
  double price = 0;
  std::int64_t created = 0;
  bool paid = false;
  std::string note;
  std::int32_t region = 0;
  std::uint64_t trace = 0;

  static constexpr auto fields() {
    return mw::field_list(
        mw::field<&owned_order::id>("id", ""), mw::field<&owned_order::customer>("customer", ""),
        mw::field<&owned_order::item>("item", ""), mw::field<&owned_order::count>("count", ""),
        mw::field<&owned_order::price>("price", ""),
        mw::field<&owned_order::created>("created", ""), mw::field<&owned_order::paid>("paid", ""),
        mw::field<&owned_order::note>("note", ""), mw::field<&owned_order::region>("region", ""),
        mw::field<&owned_order::trace>("trace", ""));
  }
  MSGPACK_DEFINE_ARRAY(id, customer, item, count, price, created, paid, note, region, trace)
};

struct blob_message {
  std::uint64_t id = 0;
  mw::bytes_view body;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&blob_message::id>("id", ""),
                          mw::field<&blob_message::body>("body", ""));
  }
};

// The codec behind its contract, as other plug-ins see it.
class subject {
 public:
  subject() : codec_({}, counts()), contract_(&codec_) {}
  mw::codec& operator*() {
    mw::bench::keep(contract_);  // the compiler must not see which class it is
    return *contract_;
  }

 private:
  mw::msgpack::metrics counts() {
    const mw::counter any(cell_);
    return {any, any, any, std::vector<mw::counter>(mw::msgpack::reason_names.size(), any)};
  }
  mw::metric_cell cell_{0};
  mw::msgpack::message_codec codec_;
  mw::codec* contract_;
};

template <class T>
std::function<void(std::uint64_t)> our_encode(T message) {
  auto codec = std::make_shared<subject>();
  auto out = std::make_shared<mw::message_out>();
  return [codec, out, message](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) {
      out->clear();
      MW_ASSERT(mw::encode(**codec, message, *out).ok(), "the message is good");
      mw::bench::keep(out->written().data());
    }
  };
}

template <class T, class Message>
std::function<void(std::uint64_t)> our_decode(const Message& from) {
  auto codec = std::make_shared<subject>();
  auto out = std::make_shared<mw::message_out>();
  MW_ASSERT(mw::encode(**codec, from, *out).ok(), "the message is good");
  auto message = std::make_shared<T>();
  return [codec, out, message](std::uint64_t items) {
    const mw::payload bytes{out->written()};
    for (std::uint64_t i = 0; i < items; ++i) {
      MW_ASSERT(mw::decode(**codec, bytes, *message).ok(), "the bytes are good");
      mw::bench::keep(message.get());
    }
  };
}

msgpack::sbuffer their_bytes() {
  msgpack::sbuffer bytes;
  msgpack::pack(bytes, sample);
  return bytes;
}

// Visits each value, as the fastest way of msgpack-c to read.
struct adding_visitor : msgpack::null_visitor {
  std::uint64_t sum = 0;
  bool visit_positive_integer(std::uint64_t v) { return sum += v, true; }
  bool visit_negative_integer(std::int64_t v) { return sum += static_cast<std::uint64_t>(v), true; }
  bool visit_str(const char*, std::uint32_t size) { return sum += size, true; }
  bool visit_bin(const char*, std::uint32_t size) { return sum += size, true; }
};

mw::bench::table encode_table() {
  mw::bench::table t("codec encode, 10 fields", "ns", {"msgpack_c"});
  t.add("meshwright", our_encode(sample));
  auto bytes = std::make_shared<msgpack::sbuffer>();
  t.add("msgpack_c", [bytes](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) {
      bytes->clear();
      const order* from = &sample;
      mw::bench::keep(from);  // its values are not for the compiler to know
      msgpack::pack(*bytes, *from);
      mw::bench::keep(bytes->data());
    }
  });
  return t;
}

mw::bench::table decode_table() {
  mw::bench::table t("codec decode, 10 fields", "ns", {"msgpack_c", "msgpack_c_visitor"});
  t.add("meshwright_views", our_decode<order>(sample));
  t.add("meshwright_owned", our_decode<owned_order>(sample));
  auto bytes = std::make_shared<msgpack::sbuffer>(their_bytes());
  t.add("msgpack_c", [bytes](std::uint64_t items) {
    owned_order to;
    for (std::uint64_t i = 0; i < items; ++i) {
      msgpack::unpack(bytes->data(), bytes->size()).get().convert(to);
      mw::bench::keep(&to);
    }
  });
  t.add("msgpack_c_visitor", [bytes](std::uint64_t items) {
    adding_visitor visitor;
    for (std::uint64_t i = 0; i < items; ++i) msgpack::parse(bytes->data(), bytes->size(), visitor);
    mw::bench::keep(visitor.sum);
  });
  return t;
}

constexpr std::array<std::byte, 1024> kibibyte{};
constexpr blob_message with_blob{.id = 4711, .body = kibibyte};

void pack_blob(msgpack::sbuffer& bytes) {
  msgpack::packer<msgpack::sbuffer> packer(bytes);
  packer.pack_array(2).pack(with_blob.id).pack_bin(std::uint32_t{kibibyte.size()});
  packer.pack_bin_body(reinterpret_cast<const char*>(kibibyte.data()), kibibyte.size());
}

mw::bench::table blob_encode_table() {
  mw::bench::table t("codec encode, id and 1 KiB", "ns", {"msgpack_c"});
  t.add("meshwright", our_encode(with_blob));
  auto bytes = std::make_shared<msgpack::sbuffer>();
  t.add("msgpack_c", [bytes](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) {
      bytes->clear();
      pack_blob(*bytes);
      mw::bench::keep(bytes->data());
    }
  });
  return t;
}

mw::bench::table blob_decode_table() {
  mw::bench::table t("codec decode, id and 1 KiB", "ns", {"msgpack_c", "msgpack_c_visitor"});
  t.add("meshwright", our_decode<blob_message>(with_blob));
  auto bytes = std::make_shared<msgpack::sbuffer>();
  pack_blob(*bytes);
  t.add("msgpack_c", [bytes](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) {
      const auto unpacked = msgpack::unpack(bytes->data(), bytes->size());
      mw::bench::keep(unpacked.get().via.array.ptr[1].via.bin.ptr);
    }
  });
  t.add("msgpack_c_visitor", [bytes](std::uint64_t items) {
    adding_visitor visitor;
    for (std::uint64_t i = 0; i < items; ++i) msgpack::parse(bytes->data(), bytes->size(), visitor);
    mw::bench::keep(visitor.sum);
  });
  return t;
}

mw::bench::table size_table() {
  mw::bench::table t("codec size, 10 fields", "bytes", {"msgpack_c"});
  t.add_value("meshwright", [](std::uint64_t) {
    subject codec;
    mw::message_out out;
    MW_ASSERT(mw::encode(*codec, sample, out).ok(), "the message is good");
    return static_cast<double>(out.size());
  });
  t.add_value("msgpack_c", [](std::uint64_t) { return static_cast<double>(their_bytes().size()); });
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_tables(
      argc, argv,
      {size_table(), encode_table(), decode_table(), blob_encode_table(), blob_decode_table()},
      500'000);
}
