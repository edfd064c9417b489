#include "model/reason.h"

#include <fmt/format.h>

#include <array>

#include "base/check.h"
#include "model/withheld.h"

namespace sillar {
namespace {

struct Entry {
  std::string_view name;
  std::string_view english;
  std::string_view spanish;
};

// By code. Placeholders are the names of parameters; both languages use the same ones.
constexpr auto kCatalogue = std::to_array<Entry>({
    {"none", "Nothing stands in the way.", "Nada lo impide."},
    {"waits-for-victim", "Room is promised; {victims} tasks are stopping first.",
     "Hay lugar prometido; antes se detienen {victims} tareas."},
    {"waits-for-reservation", "Room is promised at {at}.", "Hay lugar prometido para {at}."},
    {"behind-reservation", "It would delay {holder}, which has a reservation at {at}.",
     "Retrasaría a {holder}, que tiene una reserva para {at}."},
    {"over-limit",
     "{project} may use {limit} {resource} at most, uses {used} and asks for {asked} more.",
     "{project} puede usar {limit} de {resource} como máximo, usa {used} y pide {asked} más."},
    {"over-deserved",
     "Non-preemptible work must stay within what {project} deserves, {deserved} {resource}.",
     "El trabajo no desalojable debe caber en lo que {project} merece: {deserved} de {resource}."},
    {"no-room", "Nothing fits now: it needs {needed}, the largest free room is {free}.",
     "Nada cabe ahora: necesita {needed} y el mayor lugar libre es {free}."},
    {"gang-too-large", "{fit} of {needed} tasks fit; they only run together.",
     "Caben {fit} de {needed} tareas; solo corren juntas."},
    {"never-fits", "No node of the fleet could ever hold one task.",
     "Ningún nodo de la flota podría alojar jamás una tarea."},
    {"topology", "No {level} can hold {needed} tasks; the best holds {fit}.",
     "Ningún dominio {level} puede alojar {needed} tareas; en el mejor caben {fit}."},
    {"residency",
     "{refused} nodes are refused by residency, {unknown} of them because their country is "
     "unknown.",
     "La residencia excluye {refused} nodos, {unknown} de ellos porque se desconoce su país."},
    {"not-reclaimable",
     "Needs {needed}, reclaimable {reclaimable}: {project} is protected to {deserved} deserved.",
     "Necesita {needed}, recuperable {reclaimable}: {project} está protegido hasta los {deserved} "
     "que merece."},
    {"over-fair-share", "{project} is at its fair share, {share} {resource}: it may not reclaim.",
     "{project} alcanzó su parte justa, {share} de {resource}: no puede recuperar."},
    {"min-runtime", "The victims are protected by their minimum run time until {until}.",
     "Las víctimas están protegidas por su tiempo mínimo de ejecución hasta {until}."},
    {"fragmented", "{free} devices are free but in pieces; consolidation found no plan.",
     "{free} dispositivos están libres pero dispersos; la consolidación no halló un plan."},
    {"quarantined", "{devices} devices that could serve are quarantined.",
     "{devices} dispositivos que podrían servir están en cuarentena."},
    {"reclaimed", "Evicted: room reclaimed by {project} for {workload}.",
     "Desalojada: {project} recuperó el lugar para {workload}."},
    {"preempted", "Evicted: preempted by {workload} of higher priority.",
     "Desalojada: la desplazó {workload}, de mayor prioridad."},
    {"moved", "Evicted to consolidate: moves to {node}.",
     "Desalojada para consolidar: pasa a {node}."},
    {"rotated", "Evicted: {workload} ranks higher by expected remaining work.",
     "Desalojada: {workload} va antes por el trabajo que se espera que le quede."},
    {"stale-gang", "Evicted: fewer than {minimum} tasks ran for {seconds} s.",
     "Desalojada: corrieron menos de {minimum} tareas durante {seconds} s."},
    {"device-fault", "Evicted: device {device} of {node} failed.",
     "Desalojada: falló el dispositivo {device} de {node}."},
    {"node-fault", "Evicted: {node} failed.", "Desalojada: falló {node}."},
    {"unknown-project", "{project} does not exist or has children.",
     "{project} no existe o tiene proyectos hijos."},
    {"duplicate", "A workload named {workload} exists already.",
     "Ya existe una carga llamada {workload}."},
    {"budget-step", "A named bound on search steps was reached: {bound}.",
     "Se alcanzó un límite de pasos de búsqueda: {bound}."},
    {"cancelled", "Cancelled by its owner.", "Cancelada por su dueño."},
    {"hold-due", "Evicted: it filled room that was reserved for {workload}.",
     "Desalojada: ocupaba un lugar reservado para {workload}."},
    {"held-by-owner", "Held by its owner until it is released.",
     "Retenida por su dueño hasta que la libere."},
    {"waits-for-dependency", "It waits for {workload} to be over.",
     "Espera a que termine {workload}."},
    {"dependency-failed", "{workload}, for which it waited, did not succeed.",
     "{workload}, a la que esperaba, no terminó bien."},
    {"dependency-unknown", "There is no workload {workload} to wait for.",
     "No existe la carga {workload} a la que esperar."},
    {"backs-off", "Attempt {attempt} failed; the next one is due at {until}.",
     "El intento {attempt} falló; el siguiente será a partir de {until}."},
    {"time-limit", "It ran for its limit, {limit}.", "Alcanzó su límite de ejecución, {limit}."},
    {"idle", "Its devices were idle for {minutes} minutes.",
     "Sus dispositivos estuvieron ociosos {minutes} minutos."},
    {"task-failed", "The task failed.", "La tarea falló."},
    {"launch-failed", "It could not be started: {message}.", "No se pudo iniciar: {message}."},
    {"task-lost", "Its driver does not know of it any more.", "Su controlador ya no la conoce."},
    {"exit-code", "It ended with the exit code {code}.", "Terminó con el código de salida {code}."},
    {"signal", "It was ended by the signal {signal}.", "La terminó la señal {signal}."},
    {"retries-exhausted", "Each of its {attempts} attempts failed.",
     "Fallaron sus {attempts} intentos."},
    {"array-limit", "{limit} of its tasks run, as many as may at a time.",
     "Corren {limit} de sus tareas, tantas como pueden a la vez."},
    {"failed-together", "Stopped: {task} of its gang failed.",
     "Detenida: falló {task}, de su mismo grupo."},
    {"retried-together", "Stopped: {task} of its gang failed, and all are tried again.",
     "Detenida: falló {task}, de su mismo grupo, y se intentan todas de nuevo."},
    {"over-budget",
     "Starting costs {needs}; of the budget {budget} of {project}, {left} is left until {until}.",
     "Empezar cuesta {needs}; del presupuesto {budget} de {project} quedan {left} hasta {until}."},
    {"over-budget-cheaper",
     "Starting costs {needs}; of the budget {budget} of {project}, {left} is left until {until}. "
     "On a node of class {class} ({capacity}) it would cost {cheaper}.",
     "Empezar cuesta {needs}; del presupuesto {budget} de {project} quedan {left} hasta {until}. "
     "En un nodo de la clase {class} ({capacity}) costaría {cheaper}."},
    {"over-budget-for-good",
     "Starting costs {needs}; of the budget {budget} of {project}, {left} is left for good.",
     "Empezar cuesta {needs}; del presupuesto {budget} de {project} quedan {left}, sin período que "
     "venga después."},
    {"budget-exhausted",
     "Evicted: the budget {budget} of {project}, {limit}, has nothing left to go on with.",
     "Desalojada: al presupuesto {budget} de {project}, {limit}, no le queda con qué seguir."},
    {"budget-too-small",
     "It would cost {needs} at least; the budget {budget} of {project} is {limit} in all.",
     "Costaría {needs} como mínimo; el presupuesto {budget} de {project} es de {limit} en total."},
    {"drained", "Evicted: {node} is drained.", "Desalojada: se vacía {node}."},
    {"fault-reported", "Its driver reported a fault.", "Su controlador avisó de un fallo."},
    {"failures-here", "{failures} different workloads failed there within {window}.",
     "Allí fallaron {failures} cargas distintas en {window}."},
    {"failed-on-trial", "{task} failed there while it was on probation.",
     "{task} falló allí mientras estaba a prueba."},
    {"place-refused", "Evicted: the rules on where it may run no longer permit {node}.",
     "Desalojada: las reglas sobre dónde puede ejecutarse ya no permiten {node}."},
});
static_assert(kCatalogue.size() == static_cast<std::size_t>(ReasonCode::kCount));

const Entry& entry(ReasonCode code) {
  const auto index = static_cast<std::size_t>(code);
  DCHECK(index < kCatalogue.size(), "a reason's code is in the catalogue");
  return kCatalogue[index < kCatalogue.size() ? index : 0];
}

// What stands for a name that was withheld.
std::string_view withheld_word(std::string_view key, Language language) {
  const bool english = language == Language::kEnglish;
  if (key == "project") return english ? "another project" : "otro proyecto";
  return english ? "work of another project" : "trabajo de otro proyecto";
}

void append_parameter(const Reason& reason, std::string_view name, Language language,
                      std::string& out) {
  for (const auto& [key, value] : reason.parameters) {
    if (key != name) continue;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr)
      out += fmt::format("{}", std::get<std::int64_t>(value));
    else if (text->empty() && !named_by(key).empty())
      out += withheld_word(key, language);
    else
      out += *text;
    return;
  }
  out += '?';
}

}  // namespace

std::string_view reason_code_name(ReasonCode code) {
  return entry(code).name;
}

std::string_view reason_template(ReasonCode code, Language language) {
  return language == Language::kEnglish ? entry(code).english : entry(code).spanish;
}

std::string reason_text(const Reason& reason, Language language) {
  std::string_view rest = reason_template(reason.code, language);
  std::string out;
  for (;;) {
    const std::size_t open = rest.find('{');
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    out += rest.substr(0, open);
    append_parameter(reason, rest.substr(open + 1, close - open - 1), language, out);
    rest.remove_prefix(close + 1);
  }
  return out += rest;
}

}  // namespace sillar
