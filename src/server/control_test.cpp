#include "server/control.h"

#include <future>

#include "server/core_fixture.h"
#include "server/problem.h"

namespace sillar::server {
namespace {

using journal::TestFolder;

Answer submitted(Core& core, const std::string& name) {
  const auto facts = core.input(Submit{small_workload(name)});
  return facts ? Answer{201, name, {}} : problem(facts.error());
}

std::unique_ptr<Core> configured_core(const std::string& folder, const TestClock& clock) {
  auto core = open_core(folder, clock);
  EXPECT_TRUE(core->input(Configure{small_world()}).has_value());
  EXPECT_TRUE(core->commit().has_value());
  core->end();
  return core;
}

TEST(Control, WhatWasAnsweredIsThereAfterARestart) {
  TestFolder folder;
  const TestClock clock;
  constexpr int kClients = 4;
  constexpr int kEach = 50;
  {
    Control control(configured_core(folder.path("j"), clock), {}, {});
    std::vector<std::thread> clients;
    for (int c = 0; c < kClients; ++c)
      clients.emplace_back([&control, c] {
        for (int i = 0; i < kEach; ++i) {
          std::promise<Answer> promise;
          const std::string name = "w" + std::to_string(c) + "-" + std::to_string(i);
          ASSERT_TRUE(control.post({Urgency::kAdmission,
                                    [name](Core& core) { return submitted(core, name); },
                                    [&](Answer answer) { promise.set_value(std::move(answer)); }}));
          EXPECT_EQ(promise.get_future().get().status, 201);
        }
      });
    for (std::thread& client : clients) client.join();
  }
  const auto core = open_core(folder.path("j"), clock);
  EXPECT_EQ(core->state().workloads.size(), static_cast<std::size_t>(kClients) * kEach);
}

TEST(Control, PublishesBeforeItAnswersAndOnlyWhatIsDurable) {
  TestFolder folder;
  const TestClock clock;
  std::atomic<std::uint64_t> published = 0;
  ControlHooks hooks;
  hooks.published = [&](const Core& core) { published = core.durable_seq(); };
  Control control(configured_core(folder.path("j"), clock), {}, std::move(hooks));
  std::promise<std::uint64_t> seen;
  ASSERT_TRUE(control.post({Urgency::kAdmission, [](Core& core) { return submitted(core, "a"); },
                            [&](const Answer&) { seen.set_value(published); }}));
  EXPECT_GE(seen.get_future().get(), 2U) << "the world and the workload";
}

TEST(Control, ALowDiskRefusesAdmissionAndNothingElse) {
  TestFolder folder;
  const TestClock clock;
  ControlHooks hooks;
  hooks.disk_is_low = [] { return true; };
  Control control(configured_core(folder.path("j"), clock), {}, std::move(hooks));
  std::promise<Answer> admission;
  std::promise<Answer> release;
  ASSERT_TRUE(control.post({Urgency::kAdmission, [](Core& core) { return submitted(core, "a"); },
                            [&](Answer answer) { admission.set_value(std::move(answer)); }}));
  ASSERT_TRUE(control.post({Urgency::kRelease, [](Core&) { return Answer{202, "", {}}; },
                            [&](Answer answer) { release.set_value(std::move(answer)); }}));
  EXPECT_EQ(admission.get_future().get().status, 507);
  EXPECT_EQ(release.get_future().get().status, 202);
}

TEST(Control, IsStoppedWithWhatWaitsDone) {
  TestFolder folder;
  const TestClock clock;
  Control control(configured_core(folder.path("j"), clock), {}, {});
  std::atomic<int> answered = 0;
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(control.post({Urgency::kAdmission,
                              [i](Core& core) { return submitted(core, std::to_string(i)); },
                              [&](const Answer&) { ++answered; }}));
  control.stop();
  EXPECT_EQ(answered, 100);
  EXPECT_FALSE(control.post({Urgency::kRelease, [](Core&) { return Answer{}; }, {}}));
}

}  // namespace
}  // namespace sillar::server
