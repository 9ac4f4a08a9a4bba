// file_tree: the operations on names, and which of them survive a power loss.
// SPDX-License-Identifier: Apache-2.0
#include "file_tree.h"

#include <algorithm>
#include <functional>
#include <set>

namespace mw::sim {

namespace {

constexpr inode_id root = 1;

result<std::vector<std::string>> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part == "..") return {errc::invalid, "a path may not contain \"..\""};
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

failure missing(std::string_view path) {
  return {errc::not_found, "no such file or directory: " + std::string(path)};
}

}  // namespace

file_tree::file_tree() {
  inodes_[make(true)].directory = true;
}

inode_id file_tree::make(bool directory) {
  inodes_[++last_].directory = directory;
  return last_;
}

result<inode_id> file_tree::find(std::string_view path) const {
  MW_TRY(const std::vector<std::string> parts, parts_of(path));
  inode_id here = root;
  for (const std::string& part : parts) {
    here = lookup({here, part});
    if (here == 0) return missing(path);
  }
  return here;
}

inode_id file_tree::lookup(const place& where) const {
  const inode& in = at(where.directory);
  const auto found = in.now.find(where.name);
  return found == in.now.end() ? 0 : found->second;
}

result<file_tree::place> file_tree::parent_of(std::string_view path) const {
  MW_TRY(std::vector<std::string> parts, parts_of(path));
  if (parts.empty()) return {errc::invalid, "the root directory has no name"};
  inode_id here = root;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    here = lookup({here, parts[i]});
    if (here == 0) return missing(path);
    if (!at(here).directory) return {errc::invalid, parts[i] + " is not a directory"};
  }
  if (!at(here).directory) return missing(path);
  return place{here, std::move(parts.back())};
}

void file_tree::commit(change all) {
  for (const edit& one : all) {
    if (one.target == 0)
      at(one.directory).now.erase(one.name);
    else
      at(one.directory).now[one.name] = one.target;
  }
  journal_.push_back(std::move(all));
}

result<inode_id> file_tree::create(std::string_view path) {
  MW_TRY(place where, parent_of(path));
  if (const inode_id existing = lookup(where); existing != 0) {
    if (at(existing).directory) return {errc::invalid, std::string(path) + " is a directory"};
    return existing;
  }
  const inode_id made = make(false);
  commit({{where.directory, std::move(where.name), made}});
  return made;
}

status file_tree::make_directories(std::string_view path) {
  return make_each(path, false);
}

status file_tree::make_durable_directories(std::string_view path) {
  return make_each(path, true);
}

status file_tree::make_each(std::string_view path, bool durably) {
  MW_TRY(const std::vector<std::string> parts, parts_of(path));
  inode_id here = root;
  for (const std::string& part : parts) {
    inode_id next = lookup({here, part});
    if (next != 0 && !at(next).directory)
      return {errc::invalid, part + " in " + std::string(path) + " is not a directory"};
    if (next == 0) {
      next = make(true);
      commit({{here, part, next}});
    }
    if (durably) at(here).durable[part] = next;
    here = next;
  }
  return {};
}

status file_tree::remove(std::string_view path) {
  MW_TRY(place where, parent_of(path));
  const inode_id target = lookup(where);
  if (target == 0) return missing(path);
  if (!at(target).now.empty()) return {errc::invalid, std::string(path) + " is not empty"};
  commit({{where.directory, std::move(where.name), 0}});
  return {};
}

status file_tree::rename(std::string_view from, std::string_view to) {
  MW_TRY(place source, parent_of(from));
  MW_TRY(place target, parent_of(to));
  const inode_id moved = lookup(source);
  if (moved == 0) return missing(from);
  const inode_id replaced = lookup(target);
  if (replaced == moved) return {};
  if (replaced != 0 && (at(replaced).directory != at(moved).directory || !at(replaced).now.empty()))
    return {errc::invalid, std::string(from) + " cannot replace " + std::string(to)};
  commit({{source.directory, std::move(source.name), 0},
          {target.directory, std::move(target.name), moved}});
  return {};
}

status file_tree::sync_directory(std::string_view path) {
  MW_TRY(const inode_id id, find(path));
  if (!at(id).directory) return {errc::invalid, std::string(path) + " is not a directory"};
  // A journal is written in order: what came before the last change of this directory goes with it.
  std::size_t count = journal_.size();
  const auto touches = [id](const change& all) {
    return std::any_of(all.begin(), all.end(),
                       [id](const edit& one) { return one.directory == id; });
  };
  while (count > 0 && !touches(journal_[count - 1])) --count;
  make_durable(count);
  forget_unreachable();
  return {};
}

result<std::vector<std::string>> file_tree::list(std::string_view path) const {
  MW_TRY(const inode_id id, find(path));
  if (!at(id).directory) return {errc::invalid, std::string(path) + " is not a directory"};
  std::vector<std::string> names;
  for (const auto& [name, target] : at(id).now) names.push_back(name);
  return names;
}

void file_tree::closed(inode_id id) {
  if (--at(id).open == 0) forget_unreachable();
}

void file_tree::make_durable(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    for (const edit& one : journal_[i]) {
      const auto directory = inodes_.find(one.directory);
      if (directory == inodes_.end()) continue;
      if (one.target == 0)
        directory->second.durable.erase(one.name);
      else
        directory->second.durable[one.name] = one.target;
    }
  journal_.erase(journal_.begin(), journal_.begin() + static_cast<std::ptrdiff_t>(count));
}

void file_tree::sync_names() {
  make_durable(journal_.size());
}

power_loss_report file_tree::lose_power(dice& chance) {
  power_loss_report report;
  const std::uint64_t mode = chance.below(4);
  const std::size_t kept = mode == 0   ? 0
                           : mode == 1 ? journal_.size()
                                       : chance.below(journal_.size() + 1);
  report.names_lost = journal_.size() - kept;
  make_durable(kept);
  journal_.clear();
  for (auto& [id, one] : inodes_) {
    one.now = one.durable;
    one.open = 0;
  }
  forget_unreachable();
  for (auto& [id, one] : inodes_) {
    const sector_loss loss = one.content.lose_power(chance);
    if (loss.lost > 0) ++report.files_hit;
    if (loss.lost > 0 && loss.kept > 0) ++report.files_torn;
  }
  return report;
}

void file_tree::forget_unreachable() {
  std::set<inode_id> reached{root};
  std::vector<inode_id> next{root};
  const auto reach = [&](inode_id id) {
    if (id != 0 && reached.insert(id).second) next.push_back(id);
  };
  for (const auto& [id, one] : inodes_)
    if (one.open > 0) reach(id);
  for (const change& all : journal_)
    for (const edit& one : all) reach(one.directory), reach(one.target);
  while (!next.empty()) {
    const inode& one = at(next.back());
    next.pop_back();
    for (const auto& [name, id] : one.now) reach(id);
    for (const auto& [name, id] : one.durable) reach(id);
  }
  std::erase_if(inodes_, [&](const auto& one) { return !reached.contains(one.first); });
}

std::vector<std::string> file_tree::files() const {
  std::vector<std::string> paths;
  const std::function<void(inode_id, const std::string&)> walk = [&](inode_id id,
                                                                     const std::string& at_path) {
    for (const auto& [name, target] : at(id).now) {
      const std::string path = at_path + "/" + name;
      if (at(target).directory)
        walk(target, path);
      else
        paths.push_back(path);
    }
  };
  walk(root, "");
  return paths;
}

std::uint64_t file_tree::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [id, one] : inodes_) sum += one.content.bytes().size();
  return sum;
}

}  // namespace mw::sim
