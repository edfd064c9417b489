#include "tests/house_rules.h"

#include <algorithm>
#include <string>

namespace sillar::house {
namespace {

struct Room {
  std::string_view name;
  std::vector<std::string_view> may_include;
};

// base < model < {import, schedule, scale, govern, ledger} < engine < {journal, lake, drivers,
// simulate} < server < demo < cli. Rooms of one floor do not see each other. net stands on base and
// serves the rooms that talk to others; the gateway runs without the control plane.
const std::vector<Room>& rooms() {
  static const std::vector<Room> kRooms = {
      {"base", {}},
      {"model", {"base"}},
      {"import", {"base", "model"}},
      {"schedule", {"base", "model"}},
      {"scale", {"base", "model"}},
      {"govern", {"base", "model"}},
      {"ledger", {"base", "model"}},
      {"engine", {"base", "model", "schedule", "scale", "govern", "ledger"}},
      {"net", {"base"}},
      {"gateway", {"base", "model", "ledger", "govern", "net"}},
      {"journal", {"base", "model", "schedule", "scale", "govern", "ledger", "engine"}},
      {"lake", {"base", "model", "schedule", "scale", "govern", "ledger", "engine"}},
      {"drivers", {"base", "model", "schedule", "scale", "govern", "ledger", "engine", "net"}},
      {"simulate", {"base", "model", "schedule", "scale", "govern", "ledger", "engine", "net"}},
      {"server",
       {"base", "model", "import", "schedule", "scale", "govern", "ledger", "engine", "net",
        "journal", "lake", "drivers", "simulate"}},
      {"demo",
       {"base", "model", "schedule", "scale", "govern", "ledger", "engine", "net", "journal",
        "drivers", "simulate", "server"}},
      {"cli",
       {"base", "model", "import", "schedule", "scale", "govern", "ledger", "engine", "journal",
        "lake", "drivers", "simulate", "server", "demo", "gateway"}},
  };
  return kRooms;
}

const Room* find_room(std::string_view name) {
  const auto found = std::ranges::find(rooms(), name, &Room::name);
  return found == rooms().end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out.empty() ? "nothing of ours" : out;
}

void check_edge(const SourceFile& file, int line, const Room& from, std::string_view to,
                std::vector<Finding>& found) {
  if (to == from.name || std::ranges::count(from.may_include, to) > 0) return;
  found.push_back({file.path, line,
                   std::string(from.name) + " -> " + std::string(to) + " is banned, use " +
                       joined(from.may_include) + " (or hand the value in from above)"});
}

// The DEPS of sillar_module(NAME DEPS a b LIBS ...).
void check_link_line(const SourceFile& file, const Room& from, std::vector<Finding>& found) {
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::size_t at = lines[i].find(" DEPS ");
    if (at == std::string_view::npos) continue;
    std::string_view rest = lines[i].substr(at + 6);
    while (!rest.empty()) {
      const std::string_view word = rest.substr(0, rest.find_first_of(" )"));
      if (word == "LIBS" || word == "PRIVATE_LIBS") break;
      if (!word.empty()) check_edge(file, static_cast<int>(i + 1), from, word, found);
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    }
  }
}

struct Heavy {
  std::string_view prefix;
  std::string_view room;
  std::string_view use;
};

constexpr Heavy kHeavy[] = {
    {"yaml-cpp/", "base", "base/document.h"},
    {"nlohmann/", "base", "base/document.h to read and base/json_writer.h to write"},
    {"CLI/", "cli", "the options record that cli fills in"},
    {"sqlite3.h", "journal", "journal/journal.h"},
    {"boost/", "net", "the interfaces of net"},
};

struct Package {
  std::string_view prefix;  // Of the header.
  std::string_view name;
};

constexpr Package kPackages[] = {
    {"fmt/", "libfmt-dev"},
    {"tl/", "libexpected-dev"},
    {"yaml-cpp/", "libyaml-cpp-dev"},
    {"xxhash.h", "libxxhash-dev"},
    {"CLI/", "libcli11-dev"},
    {"sqlite3.h", "libsqlite3-dev"},
    {"openssl/", "libssl-dev"},
    {"nlohmann/", "nlohmann-json3-dev"},
    {"absl/", "libabsl-dev"},
    {"boost/", "libboost1.81-dev"},
    {"gtest/", "libgtest-dev"},
    {"gmock/", "libgmock-dev"},
    {"benchmark/", "libbenchmark-dev"},
    {"rapidcheck", "librapidcheck-dev"},
};

// Folders of the C library's own headers.
constexpr std::string_view kSystemFolders[] = {"sys/", "linux/", "arpa/", "net/", "netinet/"};

constexpr std::string_view kPureRooms[] = {"model",  "import", "schedule", "scale",
                                           "govern", "ledger", "engine"};

const std::vector<BannedWord>& impure_words() {
  constexpr std::string_view kOrdered = "std::map or a sorted vector";
  constexpr std::string_view kTime = "the Time that the caller hands in (base/time.h)";
  constexpr std::string_view kRandom = "Random with the caller's seed (base/random.h)";
  constexpr std::string_view kThread = "the caller's thread: pure code runs on one";
  constexpr std::string_view kIo = "text or a Document that the caller has read";
  static const std::vector<BannedWord> kWords = {
      {"unordered_map", kOrdered},
      {"unordered_set", kOrdered},
      {"unordered_multimap", kOrdered},
      {"unordered_multiset", kOrdered},
      {"flat_hash_map", kOrdered},
      {"flat_hash_set", kOrdered},
      {"node_hash_map", kOrdered},
      {"node_hash_set", kOrdered},
      {"system_clock", kTime},
      {"steady_clock", kTime},
      {"high_resolution_clock", kTime},
      {"std::time", kTime},
      {"time(nullptr)", kTime},
      {"clock_gettime", kTime},
      {"gettimeofday", kTime},
      {"rand", kRandom},
      {"srand", kRandom},
      {"random_device", kRandom},
      {"mt19937", kRandom},
      {"mt19937_64", kRandom},
      {"default_random_engine", kRandom},
      {"uniform_int_distribution", kRandom},
      {"uniform_real_distribution", kRandom},
      {"std::shuffle", "Random::shuffle (base/random.h)"},
      {"std::thread", kThread},
      {"std::jthread", kThread},
      {"std::async", kThread},
      {"std::mutex", kThread},
      {"std::condition_variable", kThread},
      {"ifstream", kIo},
      {"ofstream", kIo},
      {"fopen", kIo},
      {"std::filesystem", kIo},
      {"getenv", "a field of the options"},
  };
  return kWords;
}

}  // namespace

std::vector<Finding> check_edges(const SourceFile& file) {
  std::vector<Finding> found;
  const std::string_view name = module_of(file.path);
  if (name.empty()) return found;
  const Room* room = find_room(name);
  if (room == nullptr) {
    found.push_back({file.path, 0,
                     "the room src/" + std::string(name) +
                         " is banned, use one of the design's or add it to tests/house_rules.cpp"});
    return found;
  }
  if (file.path.ends_with("CMakeLists.txt")) check_link_line(file, *room, found);
  if (!is_code(file.path)) return found;
  for (const Include& include : includes_of(file)) {
    const std::size_t slash = include.header.find('/');
    if (include.angled || slash == std::string_view::npos) continue;
    check_edge(file, include.line, *room, include.header.substr(0, slash), found);
  }
  return found;
}

std::vector<Finding> check_heavy_headers(const SourceFile& file) {
  std::vector<Finding> found;
  const std::string_view name = module_of(file.path);
  if (name.empty() || !is_code(file.path)) return found;
  for (const Include& include : includes_of(file))
    for (const Heavy& heavy : kHeavy) {
      if (!include.header.starts_with(heavy.prefix)) continue;
      const std::string header(include.header);
      if (is_header(file.path))
        found.push_back({file.path, include.line,
                         "<" + header + "> is banned in headers, use a forward declaration or " +
                             std::string(heavy.use)});
      else if (name != heavy.room && !is_test(file.path))
        found.push_back({file.path, include.line,
                         "<" + header + "> is banned outside " + std::string(heavy.room) +
                             ", use " + std::string(heavy.use)});
    }
  return found;
}

std::vector<Finding> check_purity(const SourceFile& file) {
  const std::string_view name = module_of(file.path);
  if (std::ranges::count(kPureRooms, name) == 0 || !is_code(file.path) || is_test(file.path))
    return {};
  return find_words(file.path, code_only(file.text), impure_words(), "in pure code");
}

std::vector<Finding> check_packages(const SourceFile& file, std::string_view setup_script) {
  std::vector<Finding> found;
  if (!is_code(file.path)) return found;
  for (const Include& include : includes_of(file)) {
    const auto begins = [&](std::string_view prefix) { return include.header.starts_with(prefix); };
    if (!include.angled || std::ranges::any_of(kSystemFolders, begins)) continue;
    const auto package = std::ranges::find_if(kPackages, begins, &Package::prefix);
    const bool known = package != std::end(kPackages);
    if (!known && include.header.find('/') == std::string_view::npos) continue;  // Standard.
    if (known && !find_words("", setup_script, {{package->name, ""}}, "").empty()) continue;
    found.push_back({file.path, include.line,
                     "<" + std::string(include.header) +
                         "> is banned, use it after adding its package" +
                         (known ? " " + std::string(package->name) : "") + " to scripts/setup.sh" +
                         (known ? "" : " and to tests/house_rules.cpp")});
  }
  return found;
}

}  // namespace sillar::house
