// process_metrics: memory, descriptors, CPU time and version of this process.
// SPDX-License-Identifier: Apache-2.0
#include "process_metrics.h"

#include "version.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace mw::kernel {

namespace {

double resident_bytes() {
  struct closer {
    void operator()(std::FILE* open) const { std::fclose(open); }
  };
  const std::unique_ptr<std::FILE, closer> file(std::fopen("/proc/self/statm", "re"));
  unsigned long total = 0;
  unsigned long resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &total, &resident) != 2) return 0;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  struct closer {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  const std::unique_ptr<DIR, closer> directory(::opendir("/proc/self/fd"));
  if (!directory) return 0;
  int entries = 0;
  while (::readdir(directory.get()) != nullptr) ++entries;
  return entries - 3;  // ".", ".." and the descriptor that lists them
}

double cpu_seconds() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void add_process_metrics(metric_registry& registry) {
  const auto gauge = metric_kind::gauge;
  const auto none = histogram_unit::items;
  registry.add_source(
      {"mw_process_resident_bytes", "Memory of this process that is in RAM.", gauge, none}, {},
      resident_bytes);
  registry.add_source(
      {"mw_process_open_fds", "File descriptors that this process has open.", gauge, none}, {},
      open_descriptors);
  registry.add_source({"mw_process_cpu_seconds_total", "CPU time that this process has used.",
                       metric_kind::counter, none},
                      {}, cpu_seconds);
  registry.add_source({"mw_build_info", "Always 1; the labels say what runs.", gauge, none},
                      {{"compiler", __VERSION__}, {"version", std::string(version())}},
                      [] { return 1.0; });
}

}  // namespace mw::kernel
