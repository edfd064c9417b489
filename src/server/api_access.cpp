// Who asks, whether they may, and what is written down about it.

#include <fmt/format.h>

#include "base/document.h"
#include "base/hash.h"
#include "server/api.h"
#include "server/problem.h"

namespace sillar::server {
namespace {

// Of the request that a key stands for: not a secret, and not compared between callers.
std::string digest_of(const net::Request& request) {
  std::string text = request.method + '\n' + request.target + '\n';
  text += request.body;
  return hash_bytes(text).hex();
}

Answer replayed(const KeptAnswer& kept, const std::string& digest) {
  if (kept.digest != digest)
    return problem(422, "idempotency-key-reused",
                   "This Idempotency-Key was used for another request. Use a new key.");
  return {kept.status, kept.body, {{"Idempotency-Replayed", "true"}}, {}};
}

AuditLeaf leaf_of(const Call& call, const Subject& subject, Time now) {
  AuditLeaf leaf;
  leaf.at = now;
  leaf.actor = call.caller().requester.principal;
  leaf.method = call.caller().requester.method;
  leaf.project = subject.project;
  leaf.action = rule_of(subject.action).name;
  leaf.object = subject.object;
  leaf.source = source_class(call.request().peer);
  return leaf;
}

// The stable code of a problem that was answered.
std::string code_in(const Answer& answer) {
  const auto document = parse_document("answer", answer.body);
  const Value* code = document ? document->root.find("code") : nullptr;
  return code == nullptr ? std::to_string(answer.status) : code->scalar;
}

Answer not_authenticated(const std::string& message) {
  Answer answer = problem(401, "not-authenticated", message);
  answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"sillar\"");
  return answer;
}

// Does it, or says again what was said before.
Answer once(Core& core, const RequestKey& key, const std::string& digest,
            const std::function<Answer()>& act) {
  if (key.key.empty()) return act();
  const Answers& answers = core.parts().answers;
  if (const KeptAnswer* kept = answers.find(key)) return replayed(*kept, digest);
  if (answers.full(core.now())) return queue_is_full();
  Answer answer = act();
  const std::string& kept = answer.kept.empty() ? answer.body : answer.kept;
  if (answer.status < 500)
    core.record(PartId::kAnswers, Answers::record(key, core.now(), {digest, answer.status, kept}));
  return answer;
}

}  // namespace

void Api::set_caller(Call& call, const Proof& proof) {
  Caller caller;
  caller.requester = proof.requester;
  caller.access = parts_.authenticator->access();
  if (const Principal* who = caller.access->principal(proof.requester.principal)) {
    caller.name = who->name;
    caller.os_user = who->os_user;
  }
  note_use(caller);
  call.set_caller(std::move(caller));
}

// To an hour, so that reading costs no writing.
void Api::note_use(const Caller& caller) {
  const std::string& key = caller.requester.key;
  if (key.empty() || !caller.access->key_use_is_due(key, now())) return;
  (void)control().post({Urgency::kRelease,
                        [key](Core& core) {
                          if (core.parts().identity.access().key_use_is_due(key, core.now()))
                            core.record(PartId::kIdentity, change_bytes(KeyUsed{key, core.now()}));
                          return Answer{};
                        },
                        {}});
}

void Api::redeem_first(const std::shared_ptr<Call>& call, const Proof& proof, const Route& route) {
  Command command;
  command.urgency = Urgency::kRelease;
  command.act = [proof](Core& core) -> Answer {
    const auto change = redeem(core.parts().identity.access(), proof, core.now());
    if (!change) return not_authenticated(change.error().message);
    if (*change) core.record(PartId::kIdentity, change_bytes(**change));
    return {};
  };
  command.answer = [this, call, &route](Answer answer) {
    if (answer.status != 200) return call->reply(std::move(answer));
    const std::string* sent = call->request().header("Authorization");
    const auto known = parts_.authenticator->check(sent == nullptr ? std::string{} : *sent, now());
    if (!known || known->first_use)
      return call->reply(not_authenticated("This token is not valid any more."));
    set_caller(*call, *known);
    route.handle(*this, call);
  };
  if (!control().post(std::move(command))) call->reply(queue_is_full());
}

void Api::refuse_unknown(const std::shared_ptr<Call>& call, const AuthFault& fault) {
  parts_.metrics->not_authenticated.add();
  refuse(call, {Action::kOwnKeyManage, {}, call->request().path}, not_authenticated(fault.message),
         fault.code);
}

bool Api::permit(const std::shared_ptr<Call>& call, const Subject& subject, const Answer& absent) {
  switch (call->caller().may(subject.action, subject.project)) {
    case Verdict::kAllowed:
      return true;
    case Verdict::kHidden:
      parts_.metrics->hidden.add();
      refuse(call, subject, absent, "hidden");
      return false;
    case Verdict::kDenied:
      break;
  }
  parts_.metrics->denied.add();
  refuse(call, subject,
         problem(403, "forbidden",
                 fmt::format("Your role does not include {}.", rule_of(subject.action).name)),
         "denied");
  return false;
}

void Api::refuse(const std::shared_ptr<Call>& call, const Subject& subject, Answer answer,
                 std::string code) {
  bool noted = false;
  {
    const std::lock_guard lock(mutex_);
    noted = refusals_.take(call->request().peer, now()).allowed;
  }
  if (!noted) parts_.metrics->unwritten.add();
  if (noted)
    (void)control().post({Urgency::kAdmission,
                          [call, subject, code = std::move(code)](Core& core) {
                            AuditLeaf leaf = leaf_of(*call, subject, core.now());
                            leaf.outcome = AuditOutcome::kRefused;
                            leaf.code = code;
                            core.record(PartId::kAudit, core.parts().audit.record(std::move(leaf)));
                            return Answer{};
                          },
                          {}});
  call->reply(std::move(answer));
}

void Api::mutate(const std::shared_ptr<Call>& call, Urgency urgency, Subject subject, Act act) {
  RequestKey key{call->caller().requester.principal, {}};
  if (const std::string* sent = call->request().header("Idempotency-Key")) key.key = *sent;
  if (key.key.size() > kKeyBytesMax)
    return call->reply(
        problem(400, "invalid-input",
                fmt::format("An Idempotency-Key has at most {} bytes.", kKeyBytesMax)));
  std::string digest = key.key.empty() ? std::string{} : digest_of(call->request());
  Command command;
  command.urgency = urgency;
  command.act = [call, key = std::move(key), digest = std::move(digest),
                 subject = std::move(subject), act = std::move(act)](Core& core) {
    return once(core, key, digest, [&] {
      Answer answer = act(core, call->caller());
      AuditLeaf leaf = leaf_of(*call, subject, core.now());
      if (answer.status >= 400) {
        leaf.outcome = AuditOutcome::kRefused;
        leaf.code = code_in(answer);
      }
      core.record(PartId::kAudit, core.parts().audit.record(std::move(leaf)));
      return answer;
    });
  };
  command.answer = [call](Answer answer) { call->reply(std::move(answer)); };
  if (!control().post(std::move(command))) call->reply(queue_is_full());
}

}  // namespace sillar::server
