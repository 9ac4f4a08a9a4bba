// purity: the deny list of imports, and the checks for exports and writable globals.
// SPDX-License-Identifier: Apache-2.0
#include "purity.h"

#include <algorithm>
#include <array>

namespace mw::tidy {
namespace {

struct denial {
  std::string_view symbol;  // whole name; a trailing '*' makes it a prefix
  std::string_view because;
};

constexpr std::string_view time_is = "time comes from host.now() and host.wall_now()";
constexpr std::string_view random_is = "randomness comes from host.random()";
constexpr std::string_view threads_are = "threads and locks belong to the kernel: host.work()";
constexpr std::string_view bytes_are = "bytes move through host.streams() and host.datagrams()";
constexpr std::string_view files_are = "files are opened through host.files()";
constexpr std::string_view waiting_is = "waiting is a timer: host.after()";
constexpr std::string_view environment_is =
    "the environment reaches a plug-in as ${VAR} in the YAML";
constexpr std::string_view processes_are = "no plug-in starts, signals or ends processes";
constexpr std::string_view loading_is = "only the kernel loads libraries";

// C++ names are mangled: their prefixes cover all overloads of one class.
constexpr std::array denials{denial{"clock_gettime", time_is},
                             denial{"gettimeofday", time_is},
                             denial{"time", time_is},
                             denial{"clock", time_is},
                             denial{"times", time_is},
                             denial{"timespec_get", time_is},
                             denial{"_ZNSt6chrono3_V212system_clock3now*", time_is},
                             denial{"_ZNSt6chrono3_V212steady_clock3now*", time_is},

                             denial{"rand", random_is},
                             denial{"srand", random_is},
                             denial{"rand_r", random_is},
                             denial{"random", random_is},
                             denial{"srandom", random_is},
                             denial{"drand48", random_is},
                             denial{"arc4random*", random_is},
                             denial{"getrandom", random_is},
                             denial{"getentropy", random_is},
                             denial{"_ZNSt13random_device*", random_is},

                             denial{"pthread_create", threads_are},
                             denial{"pthread_mutex_lock", threads_are},
                             denial{"pthread_mutex_trylock", threads_are},
                             denial{"pthread_rwlock_*", threads_are},
                             denial{"pthread_cond_*", threads_are},
                             denial{"pthread_key_create", threads_are},
                             denial{"sem_wait", threads_are},
                             denial{"thrd_create", threads_are},
                             denial{"_ZNSt6thread*", threads_are},
                             denial{"_ZNSt18condition_variable*", threads_are},

                             denial{"socket", bytes_are},
                             denial{"socketpair", bytes_are},
                             denial{"connect", bytes_are},
                             denial{"bind", bytes_are},
                             denial{"listen", bytes_are},
                             denial{"accept", bytes_are},
                             denial{"accept4", bytes_are},
                             denial{"send", bytes_are},
                             denial{"sendto", bytes_are},
                             denial{"sendmsg", bytes_are},
                             denial{"recv", bytes_are},
                             denial{"recvfrom", bytes_are},
                             denial{"recvmsg", bytes_are},
                             denial{"getaddrinfo", bytes_are},
                             denial{"gethostbyname*", bytes_are},
                             denial{"poll", bytes_are},
                             denial{"ppoll", bytes_are},
                             denial{"select", bytes_are},
                             denial{"epoll_*", bytes_are},
                             denial{"pipe", bytes_are},
                             denial{"pipe2", bytes_are},

                             denial{"open", files_are},
                             denial{"open64", files_are},
                             denial{"openat", files_are},
                             denial{"openat64", files_are},
                             denial{"creat", files_are},
                             denial{"fopen", files_are},
                             denial{"fopen64", files_are},
                             denial{"freopen*", files_are},
                             denial{"opendir", files_are},
                             denial{"mkstemp*", files_are},
                             denial{"tmpfile*", files_are},
                             denial{"unlink*", files_are},
                             denial{"remove", files_are},
                             denial{"rename", files_are},
                             denial{"mkdir*", files_are},
                             denial{"_ZNSt10filesystem*", files_are},
                             denial{"_ZNSt13basic_filebuf*", files_are},
                             denial{"_ZNSt14basic_ifstream*", files_are},
                             denial{"_ZNSt14basic_ofstream*", files_are},
                             denial{"_ZNSt13basic_fstream*", files_are},

                             denial{"getenv", environment_is},
                             denial{"secure_getenv", environment_is},
                             denial{"setenv", environment_is},
                             denial{"putenv", environment_is},

                             denial{"sleep", waiting_is},
                             denial{"usleep", waiting_is},
                             denial{"nanosleep", waiting_is},
                             denial{"clock_nanosleep", waiting_is},
                             denial{"alarm", waiting_is},
                             denial{"timerfd_*", waiting_is},
                             denial{"setitimer", waiting_is},

                             denial{"system", processes_are},
                             denial{"popen", processes_are},
                             denial{"fork", processes_are},
                             denial{"vfork", processes_are},
                             denial{"clone", processes_are},
                             denial{"exec*", processes_are},
                             denial{"posix_spawn*", processes_are},
                             denial{"kill", processes_are},
                             denial{"signal", processes_are},
                             denial{"sigaction", processes_are},
                             denial{"exit", processes_are},
                             denial{"_exit", processes_are},
                             denial{"quick_exit", processes_are},

                             denial{"dlopen", loading_is},
                             denial{"dlmopen", loading_is},
                             denial{"dlsym", loading_is}};

// What the compiler itself puts among the writable data of every library.
constexpr std::array compilers_own{"completed.0", "__dso_handle", "__TMC_END__", "_DYNAMIC",
                                   "_GLOBAL_OFFSET_TABLE_"};
constexpr std::string_view exception_reference = "DW.ref.";  // the loader writes it, once

bool is_compilers_own(std::string_view symbol) {
  return symbol.starts_with(exception_reference) ||
         std::find(compilers_own.begin(), compilers_own.end(), symbol) != compilers_own.end();
}

bool writable(std::string_view section) {
  constexpr std::array kinds{".data", ".bss", ".tdata", ".tbss"};
  if (section.starts_with(".data.rel.ro")) return false;  // read-only after the loader is done
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](std::string_view kind) { return section.starts_with(kind); });
}

void find_exports(const elf_file& library, std::vector<std::string>& faults) {
  bool entry = false;
  for (const elf_symbol& symbol : library.dynamic) {
    if (!symbol.exported) continue;
    if (symbol.name == "mw_plugin")
      entry = true;
    else
      faults.push_back("exports " + symbol.name + "; only mw_plugin may be visible");
  }
  if (!entry) faults.emplace_back("does not export mw_plugin; use MW_PLUGIN(...) once");
}

void find_globals(const elf_file& library, std::vector<std::string>& faults) {
  if (library.all.empty()) faults.emplace_back("is stripped: its globals cannot be checked");
  for (const elf_symbol& symbol : library.all) {
    if (!symbol.is_object || symbol.size == 0 || !writable(symbol.section)) continue;
    if (is_compilers_own(symbol.name)) continue;
    faults.push_back("keeps the writable global " + symbol.name + " (" + symbol.section +
                     "); state belongs to the plug-in's object");
  }
}

}  // namespace

std::string_view denied_because(std::string_view symbol) {
  for (const denial& one : denials) {
    const bool prefix = one.symbol.ends_with('*');
    const auto stem = one.symbol.substr(0, one.symbol.size() - (prefix ? 1 : 0));
    if (prefix ? symbol.starts_with(stem) : symbol == stem) return one.because;
  }
  return {};
}

std::vector<std::string> purity_faults(const elf_file& library, bool foreign_io) {
  std::vector<std::string> faults;
  find_exports(library, faults);
  find_globals(library, faults);
  if (foreign_io) return faults;
  for (const elf_symbol& symbol : library.dynamic) {
    const std::string_view because =
        symbol.defined ? std::string_view() : denied_because(symbol.name);
    if (!because.empty()) faults.push_back("imports " + symbol.name + ": " + std::string(because));
  }
  return faults;
}

}  // namespace mw::tidy
