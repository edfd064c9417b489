#pragma once

// For tests: a control plane with alerts and nothing else, whose clock a test moves, and who waits
// for what becomes durable. No wait is longer than it takes; each gives up after a time that no
// test comes near.

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/alert_watch.h"
#include "server/control.h"
#include "server/core_fixture.h"
#include "server/notifier.h"

namespace sillar::server {

inline constexpr std::chrono::seconds kTestPatience{60};

inline AlertChannel test_channel(const std::string& name) {
  AlertChannel channel;
  channel.name = name;
  channel.url = "https://127.0.0.1:1/";
  channel.secret.environment = "UNSET";
  channel.allow = {ChannelReach::kLoopback};
  return channel;
}

inline AlertRule test_rule(const std::string& name, AlertKind kind,
                           std::vector<std::string> channels = {"ops"}) {
  AlertRule rule;
  rule.name = name;
  rule.kind = kind;
  rule.channels = std::move(channels);
  return rule;
}

class AlertPlant {
 public:
  using Send = std::function<SendOutcome(const AlertChannel&, const drivers::Notice&, Time)>;

  AlertPlant(const std::string& folder, std::vector<AlertChannel> channels, Send send,
             Time now = Time::from_seconds(1'790'000'000), std::vector<AlertRule> rules = {})
      : settings_{std::move(channels), std::move(rules)}, watch_(settings_), now_(now.ns) {
    auto journal = journal::open_journal(folder, journal::Access::kWrite);
    EXPECT_TRUE(journal.has_value());
    CoreOptions options;
    options.clock = [this] { return Time{now_}; };
    options.remark = [](const std::string&) {};
    auto core = Core::open(std::move(*journal), std::move(options));
    EXPECT_TRUE(core.has_value());
    if (!(*core)->state().world) {
      EXPECT_TRUE((*core)->input(Configure{small_world()}).has_value());
      EXPECT_TRUE((*core)->commit().has_value());
      (*core)->end();
    }
    notifier_ =
        std::make_unique<Notifier>(NotifierOptions{settings_.channels, "installation",
                                                   [this] { return Time{now_}; }, std::move(send)},
                                   [this](Notifier::Act act, Notifier::Done done) {
                                     return post(std::move(act), std::move(done));
                                   });
    ControlHooks hooks;
    hooks.decided = [this](Core& at, bool low) { watch_.look(at, low || disk_low); };
    hooks.published = [this](const Core& at) { publish(at); };
    hooks.fatal = [](const Error& error) { ADD_FAILURE() << error.message; };
    control_ = std::make_unique<Control>(std::move(*core), ControlOptions{}, std::move(hooks));
    posting_ = control_.get();
    run([](Core&) {});
  }
  ~AlertPlant() {
    notifier_->stop();
    control_.reset();
  }
  AlertPlant(const AlertPlant&) = delete;
  AlertPlant& operator=(const AlertPlant&) = delete;

  // Durable on return.
  void run(const std::function<void(Core&)>& act) {
    std::promise<void> done;
    ASSERT_TRUE(control_->post({Urgency::kRelease,
                                [&](Core& core) {
                                  act(core);
                                  return Answer{};
                                },
                                [&](const Answer&) { done.set_value(); }}));
    done.get_future().get();
  }
  void set_rules(const std::vector<AlertRule>& rules) {
    run([&](Core&) { settings_.rules = rules; });
    advance(kAlertLookPace);
  }
  void submit(const std::string& name, std::int32_t devices) {
    run([&](Core& core) {
      auto workload = std::make_shared<Workload>(*small_workload(name, devices));
      workload->submitted = core.now();
      EXPECT_TRUE(core.input(Submit{std::move(workload)}).has_value());
    });
  }
  void advance(Duration by) {
    now_ += by.ns;
    notifier_->wake();
    run([](Core&) {});
  }
  [[nodiscard]] Time now() const { return Time{now_}; }

  // Waits until that many deliveries are in that state.
  void wait_for(DeliveryState state, std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(
        lock, kTestPatience, [&] { return counts_[static_cast<std::size_t>(state)] == count; }))
        << "deliveries that are " << kDeliveryStates[static_cast<std::size_t>(state)];
  }
  // Waits until that many attempts are durable.
  void wait_for_attempts(std::int64_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kTestPatience, [&] { return attempts_ >= count; }));
  }
  [[nodiscard]] std::vector<Delivery> deliveries() {
    std::vector<Delivery> all;
    run([&](Core& core) {
      for (const auto& [number, delivery] : core.parts().alerts.deliveries())
        all.push_back(*delivery);
    });
    return all;
  }

  std::atomic<bool> disk_low = false;
  std::atomic<bool> deaf = false;  // Nothing that the notifier says is heard.

 private:
  bool post(Notifier::Act act, Notifier::Done done) {
    Control* control = posting_;
    if (control == nullptr || deaf) return false;
    return control->post({Urgency::kRelease,
                          [act = std::move(act)](Core& core) {
                            act(core);
                            return Answer{};
                          },
                          [done = std::move(done)](const Answer& answer) {
                            if (done) done(answer.status < 300);
                          }});
  }
  void publish(const Core& core) {
    notifier_->publish(core);
    const std::lock_guard lock(mutex_);
    attempts_ = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      counts_[i] = core.parts().alerts.count(static_cast<DeliveryState>(i));
    for (const auto& [number, delivery] : core.parts().alerts.deliveries())
      attempts_ += delivery->attempts;
    changed_.notify_all();
  }

  AlertSettings settings_;  // The control thread's, once there is one.
  AlertWatch watch_;
  std::atomic<std::int64_t> now_;
  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::array<std::size_t, kDeliveryStates.size()> counts_{};
  std::int64_t attempts_ = 0;
  std::atomic<Control*> posting_ = nullptr;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<Control> control_;
};

// Remembers what was sent.
class Sender {
 public:
  [[nodiscard]] AlertPlant::Send sending() {
    return [this](const AlertChannel& channel, const drivers::Notice& notice, Time) {
      const std::lock_guard lock(mutex_);
      sent_.push_back({channel.name, notice});
      changed_.notify_all();
      return answer_;
    };
  }
  struct Sent {
    std::string channel;
    drivers::Notice notice;
  };
  [[nodiscard]] std::vector<Sent> sent() {
    const std::lock_guard lock(mutex_);
    return sent_;
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kTestPatience, [&] { return sent_.size() >= count; }));
  }
  void answer_with(SendOutcome answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::vector<Sent> sent_;
  SendOutcome answer_;
};

}  // namespace sillar::server
