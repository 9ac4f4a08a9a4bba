// file_handle: hands operations to the process and their outcomes to the plug-in.
// SPDX-License-Identifier: Apache-2.0
#include "file_handle.h"

#include "node/process.h"

#include <utility>

namespace mw::sim {

file_handle::file_handle(lane& home, kernel::resource_ledger& ledger, inode_id id, open_mode mode)
    : lane_(home),
      files_(home.home().files()),
      id_(files_.add(id, mode, this)),
      size_(home.home().on().disk.tree().at(id).content.bytes().size()),
      readers_(home.home().on().disk.tree().at(id).readers),
      counted_(ledger.files) {}

file_handle::~file_handle() {
  if (lane_.alive()) files_.handle_gone(id_);
}

void file_handle::append(slice bytes, durability when, function<void(status)> done) {
  file_operation operation;
  operation.what = file_operation::kind::append;
  operation.synced = when == durability::synced;
  operation.bytes = std::move(bytes);
  operation.done = std::move(done);
  files_.submit(id_, std::move(operation));
}

void file_handle::read(std::uint64_t offset, std::size_t size, function<void(result<slice>)> done) {
  file_operation operation;
  operation.what = file_operation::kind::read;
  operation.offset = offset;
  operation.size = size;
  operation.read_done = std::move(done);
  files_.submit(id_, std::move(operation));
}

void file_handle::truncate(std::uint64_t size, function<void(status)> done) {
  file_operation operation;
  operation.what = file_operation::kind::truncate;
  operation.offset = size;
  operation.done = std::move(done);
  files_.submit(id_, std::move(operation));
}

void file_handle::sync(function<void(status)> done) {
  file_operation operation;
  operation.done = std::move(done);
  files_.submit(id_, std::move(operation));
}

void file_handle::completed(file_operation done) {
  completed_.push_back(std::move(done));
  lane_.ready(telling_);
}

void file_handle::tell() {
  while (!completed_.empty()) {
    file_operation done = std::move(completed_.front());
    completed_.pop_front();
    size_ = done.size_after;
    const bool here = life_.survives([&done] {
      if (done.what == file_operation::kind::read) {
        if (done.read_done) done.read_done(std::move(done.content));
      } else if (done.done) {
        done.done(std::move(done.outcome));
      }
    });
    if (!here) return;
  }
}

}  // namespace mw::sim
