#include "cli/doctor_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "cli/build_info.h"
#include "cli/server_link.h"
#include "cli/serving.h"
#include "cli/translation.h"
#include "drivers/devices.h"
#include "drivers/groups.h"
#include "engine/entry.h"
#include "journal/disk.h"
#include "journal/front.h"
#include "journal/journal.h"
#include "journal/sqlite_store.h"
#include "server/api_key.h"
#include "server/certificate.h"
#include "server/secret_file.h"
#include "server/service.h"
#include "server/signing_key.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kDataDefault = "sillar-data";
constexpr std::size_t kCertificateBytesMax = std::size_t{1} << 20;

Value in_both(Message message, Fields fields) {
  return Value::mapping()
      .set("en", Value::text(say(message, Language::kEnglish, fields)))
      .set("es", Value::text(say(message, Language::kSpanish, fields)));
}

// The time of the last entry that the engine decided over, if the tail has one.
Result<std::optional<Time>> last_time(journal::Journal& journal, const journal::Mark& from) {
  std::optional<Time> last;
  journal::Mark at = from;
  for (;;) {
    SILLAR_TRY(chunk, journal.read(at));
    if (chunk.rows.empty()) return last;
    at = chunk.end;
    for (const journal::Row& row : chunk.rows) {
      if (journal::is_front_body(row.body)) continue;
      SILLAR_TRY(entry, read_entry(journal.name(), row.body));
      last = entry.input.at;
    }
  }
}

// "v2 cpu memory pids", of those that limit something; empty: none does.
std::string controllers_of(const drivers::GroupMount& mount) {
  std::string names = fmt::format(" {} ", fmt::join(mount.controllers, " "));
  if (mount.version == 2)
    names = " " + read_file(mount.own_path + "/cgroup.controllers").value_or(std::string{}) + " ";
  std::ranges::replace(names, '\n', ' ');
  std::string found;
  for (const char* name : {"cpu", "memory", "pids"})
    if (names.find(fmt::format(" {} ", name)) != std::string::npos)
      found += fmt::format(" {}", name);
  return found.empty() ? found : fmt::format("v{}{}", mount.version, found);
}

struct Tail {
  std::uint64_t entries = 0;
  std::optional<Time> at;
};

Result<Tail> look_at_tail(const std::string& folder) {
  SILLAR_TRY(store, journal::open_sqlite(folder, journal::Access::kRead));
  SILLAR_TRY(journal, journal::Journal::open(std::move(store), journal::Access::kRead));
  const std::uint64_t last = journal.last().seq;
  const std::uint64_t from =
      std::max(journal.first().seq, last > kTailEntries ? last - kTailEntries : 0);
  SILLAR_TRY(place, journal.place_of(from));
  SILLAR_TRY(at, last_time(journal, place));
  return Tail{last, at};
}

}  // namespace

Doctor::Doctor(const Context& context)
    : context_(context),
      data_(context.arguments.has("data") ? context.arguments.text("data") : kDataDefault) {}

void Doctor::note(std::string_view check, Outcome outcome, Message text, Fields fields,
                  Message advice) {
  constexpr std::array<std::string_view, 3> kNames{"ok", "warn", "failed"};
  failed_ = failed_ || outcome == Outcome::kFail;
  checks_.items.push_back(
      Value::mapping()
          .set("check", Value::text(check))
          .set("outcome", Value::text(kNames[static_cast<std::size_t>(outcome)]))
          .set("text", in_both(text, fields))
          .set("advice", advice == Message::kNone ? Value{} : in_both(advice, fields)));
}

// What another room says of itself says what to do, too; it has its Spanish where it has one.
void Doctor::note_fault(std::string_view check, const Error& error, Message advice) {
  failed_ = true;
  checks_.items.push_back(
      Value::mapping()
          .set("check", Value::text(check))
          .set("outcome", Value::text("failed"))
          .set("text", Value::mapping()
                           .set("en", Value::text(error.message))
                           .set("es", Value::text(translate(error.message, Language::kSpanish))))
          .set("advice", advice == Message::kNone ? Value{} : in_both(advice, {})));
}

void Doctor::check_all() {
  check_versions();
  check_folder();
  check_groups();
  check_devices();
  check_descriptors();
  check_certificate();
  check_server();
}

void Doctor::check_folder() {
  std::error_code error;
  if (!std::filesystem::is_directory(data_, error))
    return note("data-folder", Outcome::kWarn, Message::kDoctorNoData, {{"folder", data_}},
                Message::kDoctorNameData);
  if (const Status kind = journal::check_file_system(data_); !kind)
    note_fault("file-system", kind.error(), Message::kNone);
  else
    note("file-system", Outcome::kOk, Message::kDoctorFileSystem, {{"folder", data_}});
  check_room();
  check_secrets();
  check_journal();
}

void Doctor::check_room() {
  const auto room = journal::free_bytes(data_);
  if (!room) return note_fault("disk", room.error(), Message::kNone);
  const journal::DiskGuard::Options standard;
  const std::string free = fmt::format("{} MiB", *room >> 20);
  const std::string least = fmt::format("{} MiB", standard.low_water_bytes >> 20);
  if (*room < standard.low_water_bytes)
    note("disk", Outcome::kFail, Message::kDoctorDiskLow, {{"free", free}, {"least", least}},
         Message::kDoctorMakeRoom);
  else
    note("disk", *room < kRoomComfortable ? Outcome::kWarn : Outcome::kOk, Message::kDoctorDisk,
         {{"free", free}, {"least", least}},
         *room < kRoomComfortable ? Message::kDoctorMakeRoom : Message::kNone);
}

void Doctor::check_secrets() {
  bool good = true;
  const std::pair<std::string, const char*> secrets[] = {
      {data_, server::kPepperFile},
      {data_, server::kFirstTokenFile},
      {data_ + "/journal", server::kSigningKeyFile}};
  for (const auto& [folder, name] : secrets) {
    const auto secret = server::read_secret(folder, name);
    if (secret || secret.error().code == ErrorCode::kNotFound) continue;
    note_fault("secrets", secret.error(), Message::kNone);
    good = false;
  }
  if (good) note("secrets", Outcome::kOk, Message::kDoctorSecrets);
  std::error_code error;
  if (std::filesystem::exists(data_ + "/" + server::kFirstTokenFile, error))
    note("first-token", Outcome::kWarn, Message::kDoctorFirstToken,
         {{"file", data_ + "/" + server::kFirstTokenFile}}, Message::kDoctorUseFirstToken);
}

void Doctor::check_journal() {
  const auto tail = look_at_tail(data_ + "/journal");
  if (!tail) return note_fault("journal", tail.error(), Message::kDoctorRestoreBackup);
  note("journal", Outcome::kOk, Message::kDoctorJournal,
       {{"entries", std::to_string(tail->entries)}, {"tail", std::to_string(kTailEntries)}});
  if (!tail->at) return;
  const Time now = wall_clock();
  const std::string last = format_time(*tail->at);
  if (now + kClockSlack < *tail->at)
    note("clock", Outcome::kFail, Message::kDoctorClockBehind, {{"last", last}},
         Message::kDoctorSetClock);
  else
    note("clock", Outcome::kOk, Message::kDoctorClock, {{"last", last}});
}

void Doctor::check_groups() {
  const auto mounts = read_file("/proc/self/mountinfo");
  const auto own = read_file("/proc/self/cgroup");
  std::string controllers;
  if (mounts && own)
    for (const drivers::GroupMount& mount : drivers::parse_group_mounts(*mounts, *own)) {
      if (::access(mount.own_path.c_str(), W_OK) != 0) continue;
      const std::string some = controllers_of(mount);
      if (some.empty()) continue;
      controllers += controllers.empty() ? "" : ", ";
      controllers += some;
    }
  if (controllers.empty())
    note("cgroups", Outcome::kWarn, Message::kDoctorNoGroups, {}, Message::kDoctorDelegateGroups);
  else
    note("cgroups", Outcome::kOk, Message::kDoctorGroups, {{"controllers", controllers}});
}

void Doctor::check_devices() {
  const auto nvml = drivers::Nvml::load();
  if (nvml)
    note("nvml", Outcome::kOk, Message::kDoctorNvml,
         {{"devices", std::to_string(nvml->devices().size())}});
  else
    note("nvml", Outcome::kOk, Message::kDoctorNoNvml);
}

void Doctor::check_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const bool enough =
      limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= static_cast<rlim_t>(kDescriptorsLeast);
  const std::string number =
      limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur);
  note("descriptors", enough ? Outcome::kOk : Outcome::kWarn, Message::kDoctorDescriptors,
       {{"number", number}, {"least", std::to_string(kDescriptorsLeast)}},
       enough ? Message::kNone : Message::kDoctorRaiseDescriptors);
}

void Doctor::check_certificate() {
  const std::string path(context_.arguments.text("tls-certificate"));
  if (path.empty()) return;
  const auto pem = context_.io.read(path, kCertificateBytesMax);
  if (!pem) return note_fault("certificate", pem.error(), Message::kNone);
  const auto end = server::certificate_end(path, *pem);
  if (!end) return note_fault("certificate", end.error(), Message::kNone);
  const Time now = wall_clock();
  const Outcome outcome = *end <= now                       ? Outcome::kFail
                          : *end <= now + kCertificateLeast ? Outcome::kWarn
                                                            : Outcome::kOk;
  note("certificate", outcome, Message::kDoctorCertificate, {{"until", format_time(*end)}},
       outcome == Outcome::kOk ? Message::kNone : Message::kDoctorRenewCertificate);
}

void Doctor::check_server() {
  const auto address = address_of(context_);
  if (!address)
    return note("server", Outcome::kWarn, Message::kDoctorNoToken, {}, Message::kDoctorLogIn);
  auto client = server::ApiClient::open(*address);
  if (!client) return note_fault("server", client.error(), Message::kNone);
  const auto answer = client->get("/api/v1/whoami");
  if (!answer) return note_fault("server", answer.error(), Message::kDoctorStartServer);
  const Value* name = answer->root.find("name");
  note("server", Outcome::kOk, Message::kDoctorServer,
       {{"url", address->url},
        {"name", name == nullptr ? std::string_view{} : std::string_view(name->scalar)}});
}

void Doctor::check_versions() {
  const BuildInfo info = build_info();
  note("version", Outcome::kOk, Message::kDoctorVersion,
       {{"version", info.version}, {"commit", info.commit}, {"build", info.build}});
}

}  // namespace sillar::cli
