// engine_bytes: reads straight from the bytes that came, writes straight to where they leave.
// SPDX-License-Identifier: Apache-2.0
#include "engine/engine_bytes.h"

#include "engine/engine.h"

namespace mw::tls {

namespace {

engine& engine_of(BIO* bio) {
  return *static_cast<engine*>(BIO_get_data(bio));
}

int read_some(BIO* bio, char* to, std::size_t size, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  *done = engine_of(bio).give_input(std::as_writable_bytes(std::span(to, size)));
  if (*done > 0) return 1;
  BIO_set_retry_read(bio);
  return 0;
}

int write_some(BIO* bio, const char* from, std::size_t size, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  *done = engine_of(bio).take_output(std::as_bytes(std::span(from, size)));
  if (*done > 0) return 1;
  BIO_set_retry_write(bio);
  return 0;
}

long control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

}  // namespace

bio_method_ptr make_engine_bytes() {
  bio_method_ptr made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "link"));
  if (!made) return nullptr;
  BIO_meth_set_read_ex(made.get(), &read_some);
  BIO_meth_set_write_ex(made.get(), &write_some);
  BIO_meth_set_ctrl(made.get(), &control);
  return made;
}

bio_ptr bytes_of(engine& one, const BIO_METHOD& how) {
  bio_ptr made(BIO_new(&how));
  if (!made) return nullptr;
  BIO_set_data(made.get(), &one);
  BIO_set_init(made.get(), 1);
  return made;
}

}  // namespace mw::tls
