// What identity and audit cost a request. Run: build/release/src/server/identity_bench

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "server/api_key.h"
#include "server/audit.h"
#include "server/authenticator.h"

namespace sillar::server {
namespace {

constexpr Time kNow = Time::from_seconds(1'790'000'000);

// An organisation of `people`, each with a key and a role in a project of their own.
Access organisation(std::size_t people, std::vector<std::string>& tokens) {
  Access access;
  for (std::size_t i = 0; i < people; ++i) {
    Principal who;
    who.id = next_principal_id(access, PrincipalKind::kUser);
    who.name = fmt::format("user-{}", i);
    (void)access.apply(PrincipalAdded{who});
    (void)access.apply(Granted{who.id, {fmt::format("acme/p{}", i), Role::kMember}});
    if (i % 100 != 0) continue;  // Adding a key looks at all of them.
    const ApiKey key = new_api_key();
    KeyRecord record;
    record.id = key.id;
    record.principal = who.id;
    record.hash = api_key_hash("pepper", key);
    record.created = kNow;
    (void)access.apply(KeyAdded{record});
    tokens.push_back("Bearer " + api_key_text(key));
  }
  return access;
}

void authenticate_by_key(benchmark::State& state) {
  std::vector<std::string> tokens;
  Authenticator authenticator("pepper", {});
  authenticator.set_access(std::make_shared<const Access>(organisation(10'000, tokens)));
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(authenticator.check(tokens[i++ % tokens.size()], kNow));
}
BENCHMARK(authenticate_by_key);

void decide(benchmark::State& state) {
  std::vector<std::string> tokens;
  const Access access = organisation(10'000, tokens);
  const Requester by{"u5001", AuthMethod::kApiKey, {}, Role::kAdmin, {}};
  for (auto _ : state)
    benchmark::DoNotOptimize(access.decide(by, Action::kWorkloadSubmit, "acme/p5000/llm"));
}
BENCHMARK(decide);

void append_a_leaf(benchmark::State& state) {
  AuditLog log;
  AuditLeaf leaf;
  leaf.at = kNow;
  leaf.actor = "u1";
  leaf.project = "acme/research";
  leaf.action = "workload.submit";
  leaf.object = "workload/acme/research/llm-7b";
  for (auto _ : state) benchmark::DoNotOptimize(log.apply(log.record(leaf)));
}
BENCHMARK(append_a_leaf);

}  // namespace
}  // namespace sillar::server

BENCHMARK_MAIN();
