// uv_services: the outside world of one plug-in instance on the real platform.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/disk/uv_files.h"
#include "platform/net/uv_datagrams.h"
#include "platform/net/uv_names.h"
#include "platform/net/uv_streams.h"
#include "platform/process/uv_processes.h"
#include "uv_scope.h"
#include "uv_work.h"

namespace mw::kernel {

class uv_services final : public plugin_services {
 public:
  explicit uv_services(uv_scope_ptr scope)
      : scope_(std::move(scope)),
        streams_(scope_),
        datagrams_(scope_),
        files_(scope_),
        work_(scope_),
        names_(scope_),
        processes_(scope_) {}
  ~uv_services() override { scope_->alive = false; }

  stream_service& streams() override { return streams_; }
  datagram_service& datagrams() override { return datagrams_; }
  file_service& files() override { return files_; }
  work_service& work() override { return work_; }
  name_service& names() override { return names_; }
  process_service& processes() override { return processes_; }

 private:
  uv_scope_ptr scope_;
  uv_streams streams_;
  uv_datagrams datagrams_;
  uv_files files_;
  uv_work work_;
  uv_names names_;
  uv_processes processes_;
};

}  // namespace mw::kernel
