#include "import/report.h"

#include <algorithm>
#include <array>
#include <span>

namespace sillar {
namespace {

struct Entry {
  NoteCode code;
  std::string_view name;
  Outcome outcome;
  std::string_view english;
  std::string_view spanish;
};

constexpr auto kMapped = std::to_array<Entry>({
    {NoteCode::kBecomes, "becomes", Outcome::kMapped, "Becomes {to}.", "Pasa a ser {to}."},
    {NoteCode::kClass, "class", Outcome::kMapped,
     "Becomes request.classes: {to}, as the fleet must call it.",
     "Pasa a ser request.classes: {to}, como debe llamarla la flota."},
    {NoteCode::kYaml11, "yaml-1.1", Outcome::kMapped,
     "Becomes {to}; '{written}' is {read} in YAML 1.1, and in quotes it would be text.",
     "Pasa a ser {to}; '{written}' es {read} en YAML 1.1, y entre comillas sería texto."},
    {NoteCode::kEmpty, "empty", Outcome::kMapped, "It is empty and asks for nothing.",
     "Está vacío y no pide nada."},
    {NoteCode::kDefault, "default", Outcome::kMapped,
     "It is absent; {format} takes {value}, which becomes {to}.",
     "Falta; {format} toma {value}, que pasa a ser {to}."},
    {NoteCode::kHeaderOnly, "form", Outcome::kMapped, "Says what form this is.",
     "Indica qué formato es este."},
    {NoteCode::kWaitsAnyway, "waits-anyway", Outcome::kMapped,
     "Work that finds no room, or loses it, waits for it in any case.",
     "El trabajo que no encuentra lugar, o lo pierde, lo espera en cualquier caso."},
});

constexpr auto kApproximated = std::to_array<Entry>({
    {NoteCode::kNameChanged, "name-changed", Outcome::kApproximated,
     "A name has no blanks here and is used once: it becomes '{to}'.",
     "Aquí un nombre no tiene espacios y se usa una vez: pasa a ser '{to}'."},
    {NoteCode::kNamed, "named", Outcome::kApproximated,
     "It has no fixed name: it is called '{to}'.", "No tiene un nombre fijo: se llama '{to}'."},
    {NoteCode::kProject, "project-assumed", Outcome::kApproximated,
     "No project is named: it belongs to '{to}'; --project names another.",
     "No se indica proyecto: pertenece a '{to}'; --project indica otro."},
    {NoteCode::kAtLeast, "at-least", Outcome::kApproximated,
     "Exactly {value} is asked for there; here it is at least that.",
     "Allí se pide exactamente {value}; aquí es al menos eso."},
    {NoteCode::kLeastOfRange, "least-of-range", Outcome::kApproximated,
     "Of the range {value} the least counts: {to}.", "Del rango {value} cuenta lo mínimo: {to}."},
    {NoteCode::kRoundedUp, "rounded-up", Outcome::kApproximated,
     "Rounded up to {to}, the next that can be counted here.",
     "Se redondea hacia arriba a {to}, lo siguiente que aquí se puede contar."},
    {NoteCode::kSharesAdded, "shares-added", Outcome::kApproximated,
     "Added to what the other containers ask for, in {to}.",
     "Se suma a lo que piden los demás contenedores, en {to}."},
    {NoteCode::kOneTask, "one-task", Outcome::kApproximated,
     "The {value} processes are one task on one node; the script starts them itself.",
     "Los {value} procesos son una tarea en un nodo; el propio script los inicia."},
    {NoteCode::kScriptInEach, "script-in-each-task", Outcome::kApproximated,
     "The script runs in each of the {value} tasks, not on the first node alone.",
     "El script se ejecuta en cada una de las {value} tareas, no solo en el primer nodo."},
    {NoteCode::kElastic, "elastic", Outcome::kApproximated,
     "Becomes gang {to}: it may grow and shrink between the two while it runs.",
     "Pasa a ser gang {to}: puede crecer y encoger entre ambos mientras se ejecuta."},
    {NoteCode::kTasksOf, "tasks-of", Outcome::kApproximated,
     "The {value} devices become tasks of {to} each, as no number of nodes is stated.",
     "Los {value} dispositivos pasan a ser tareas de {to} cada una, ya que no se indica el número "
     "de nodos."},
    {NoteCode::kCopies, "copies", Outcome::kApproximated,
     "Each index becomes a workload of its own; how many run at once is not bounded.",
     "Cada índice pasa a ser una carga de trabajo propia; no se limita cuántas corren a la vez."},
    {NoteCode::kRunsAnew, "each-run", Outcome::kApproximated,
     "Becomes limit: {to}, which a run after a restart has anew.",
     "Pasa a ser limit: {to}, que cada ejecución tras un reinicio tiene de nuevo."},
    {NoteCode::kSlice, "one-slice", Outcome::kApproximated,
     "A task has one MIG slice: {value} were asked for, {to} is.",
     "Una tarea tiene una porción MIG: se pedían {value}, se pide {to}."},
    {NoteCode::kFractionOf, "fraction", Outcome::kApproximated,
     "{value} becomes {to} thousandths of a device.",
     "{value} pasa a ser {to} milésimas de un dispositivo."},
    {NoteCode::kAnyClass, "any-class", Outcome::kApproximated,
     "Becomes request.accelerators: {to}, of any class; request.classes says which.",
     "Pasa a ser request.accelerators: {to}, de cualquier clase; request.classes dice cuál."},
    {NoteCode::kNeedsLabel, "needs-label", Outcome::kApproximated,
     "Becomes node_labels: its nodes need the label {to}.",
     "Pasa a ser node_labels: sus nodos necesitan la etiqueta {to}."},
    {NoteCode::kSignalAtStop, "signal-at-stop", Outcome::kApproximated,
     "{value} is sent when it is told to stop, at its limit or before, and {to} later it is ended.",
     "Se envía {value} cuando se le ordena parar, en su límite o antes, y {to} después se "
     "termina."},
    {NoteCode::kPattern, "file-pattern", Outcome::kApproximated,
     "Becomes '{to}': %j is the workload, %t the task, %a the array index.",
     "Pasa a ser '{to}': %j es la carga de trabajo, %t la tarea, %a el índice de la serie."},
    {NoteCode::kForeignJob, "foreign-job", Outcome::kApproximated,
     "{value} is a job's number there; put the name of the workload that it became in its place.",
     "Allí {value} es el número de un trabajo; ponga en su lugar el nombre de la carga de trabajo "
     "en que se convirtió."},
    {NoteCode::kPriority, "priority-assumed", Outcome::kApproximated,
     "Becomes priority: {to}, by a guess; priorities there do not compare with those here.",
     "Pasa a ser priority: {to}, por estimación; las prioridades de allí no se comparan con las de "
     "aquí."},
    {NoteCode::kRetries, "retries", Outcome::kApproximated,
     "Becomes retry.limit: {to}, with a delay that doubles between attempts.",
     "Pasa a ser retry.limit: {to}, con una espera que se duplica entre intentos."},
    {NoteCode::kNotPreempted, "not-preempted", Outcome::kApproximated,
     "Becomes preemptible: false; on-demand machines as such cannot be asked for.",
     "Pasa a ser preemptible: false; no se pueden pedir máquinas bajo demanda como tales."},
    {NoteCode::kPreempted, "preempted", Outcome::kApproximated,
     "Becomes preemptible: true; spot machines as such cannot be asked for.",
     "Pasa a ser preemptible: true; no se pueden pedir máquinas de ocasión como tales."},
    {NoteCode::kVariable, "variable", Outcome::kApproximated,
     "{value} is set to {to}, as {format} would.", "{value} recibe {to}, como haría {format}."},
    {NoteCode::kDirectory, "directory", Outcome::kApproximated,
     "Becomes run.directory: {to} of the machine that runs it, not of an image.",
     "Pasa a ser run.directory: {to} de la máquina que lo ejecuta, no de una imagen."},
    {NoteCode::kFreshDirectory, "fresh-directory", Outcome::kApproximated,
     "It is absent: each task starts in a fresh directory, not where it was submitted from.",
     "Falta: cada tarea empieza en un directorio nuevo, no en aquel desde el que se envió."},
    {NoteCode::kOwnEnvironment, "own-environment", Outcome::kApproximated,
     "The environment of whoever submits is not carried; only variables with a value are.",
     "No se lleva el entorno de quien envía; solo las variables con valor."},
    {NoteCode::kShell, "shell", Outcome::kApproximated,
     "Becomes run.script, run by {to} of the machine, not of an image.",
     "Pasa a ser run.script, ejecutado por {to} de la máquina, no de una imagen."},
    {NoteCode::kSetupEachStart, "setup-at-each-start", Outcome::kApproximated,
     "Runs before the command in each task, and again after a restart.",
     "Se ejecuta antes del comando en cada tarea, y otra vez tras un reinicio."},
    {NoteCode::kOneProvider, "region", Outcome::kApproximated,
     "Becomes residency.regions: {to}; zones and networks are not chosen.",
     "Pasa a ser residency.regions: {to}; no se eligen zonas ni redes."},
    {NoteCode::kNotAText, "not-a-text", Outcome::kApproximated,
     "'{value}' is no text to {format}, which refuses it without quotes; taken as '{to}'.",
     "'{value}' no es texto para {format}, que lo rechaza sin comillas; se toma como '{to}'."},
    {NoteCode::kGang, "gang", Outcome::kApproximated,
     "Becomes gang {to}: all of these tasks run together or none does.",
     "Pasa a ser gang {to}: corren todas estas tareas juntas o ninguna."},
    {NoteCode::kArrayOf, "array", Outcome::kApproximated,
     "Becomes array {to}: one task for each completion, with its index.",
     "Pasa a ser array {to}: una tarea por cada finalización, con su índice."},
    {NoteCode::kAfterPrevious, "after-previous", Outcome::kApproximated,
     "Runs after {to} has ended well, as a pipeline does.",
     "Se ejecuta después de que {to} termine bien, como en una cadena."},
    {NoteCode::kIdleStop, "idle-rule", Outcome::kApproximated,
     "Becomes idle: {to}, measured over the whole task, after a warning.",
     "Pasa a ser idle: {to}, medido sobre toda la tarea, tras un aviso."},
    {NoteCode::kFreedAtEnd, "freed-at-end", Outcome::kApproximated,
     "Devices are given back as soon as the work ends: there is no cluster to stop.",
     "Los dispositivos se devuelven en cuanto termina el trabajo: no hay clúster que parar."},
    {NoteCode::kKeptWhole, "as-written", Outcome::kApproximated, "Taken as it is written: {value}.",
     "Se toma como está escrito: {value}."},
    {NoteCode::kHeldInstead, "held", Outcome::kApproximated,
     "Becomes held: true, until it is released here.",
     "Pasa a ser held: true, hasta que aquí se libere."},
});

constexpr auto kIgnored = std::to_array<Entry>({
    {NoteCode::kUnknown, "unknown-field", Outcome::kIgnored,
     "It is no field of {format} that is known here.", "No es un campo de {format} conocido aquí."},
    {NoteCode::kNoCounterpart, "no-counterpart", Outcome::kIgnored,
     "There is nothing like it here.", "Aquí no hay nada equivalente."},
    {NoteCode::kAfterCommand, "after-command", Outcome::kIgnored,
     "It stands after the first command, where {format} does not read it.",
     "Está después del primer comando, donde {format} no lo lee."},
    {NoteCode::kOverridden, "overridden", Outcome::kIgnored, "{by} decides instead.",
     "En su lugar decide {by}."},
    {NoteCode::kImage, "image", Outcome::kIgnored,
     "The local driver runs commands of the machine: nothing is started from an image.",
     "El controlador local ejecuta comandos de la máquina: no se inicia nada desde una imagen."},
    {NoteCode::kStorage, "storage", Outcome::kIgnored,
     "Files and volumes are not carried: what the work reads must be where it runs.",
     "No se llevan archivos ni volúmenes: lo que el trabajo lee debe estar donde se ejecuta."},
    {NoteCode::kNetwork, "network", Outcome::kIgnored, "Ports and networks are not set up.",
     "No se configuran puertos ni redes."},
    {NoteCode::kNotices, "notices", Outcome::kIgnored,
     "Messages are sent by the alert rules of the server.",
     "Los mensajes los envían las reglas de alerta del servidor."},
    {NoteCode::kMachines, "machines", Outcome::kIgnored,
     "Which machines there are is the fleet's to say, not the work's.",
     "Qué máquinas hay lo dice la flota, no el trabajo."},
    {NoteCode::kIdentity, "identity", Outcome::kIgnored,
     "Who runs it is decided by the server, from who submits it.",
     "Quién lo ejecuta lo decide el servidor, según quién lo envía."},
    {NoteCode::kSecret, "secret", Outcome::kIgnored,
     "A secret is not written into a workload: set it where the command runs.",
     "Un secreto no se escribe en una carga de trabajo: defínalo donde se ejecuta el comando."},
    {NoteCode::kSubmitter, "submitter", Outcome::kIgnored,
     "It tells the submitting command what to do, not the work.",
     "Dice qué debe hacer el comando que envía, no el trabajo."},
    {NoteCode::kPlacement, "placement", Outcome::kIgnored,
     "Nodes are chosen by node_labels and topology; this way of naming them is not.",
     "Los nodos se eligen con node_labels y topology; no de esta manera."},
    {NoteCode::kSharing, "sharing", Outcome::kIgnored,
     "A task has the devices, cores and memory that it asks for, and shares the node.",
     "Una tarea tiene los dispositivos, núcleos y memoria que pide, y comparte el nodo."},
    {NoteCode::kTuning, "tuning", Outcome::kIgnored,
     "Processes, sockets, binding and frequencies are not set.",
     "No se ajustan procesos, zócalos, afinidad ni frecuencias."},
    {NoteCode::kWhen, "when", Outcome::kIgnored,
     "Work is submitted when it may start: a moment or a schedule is not kept.",
     "El trabajo se envía cuando puede empezar: no se guarda un momento ni un calendario."},
    {NoteCode::kUpkeep, "upkeep", Outcome::kIgnored,
     "Records of ended work are kept and cleared by the server's own rules.",
     "Los registros del trabajo terminado se guardan y borran según las reglas del servidor."},
    {NoteCode::kCommandOfTool, "foreign-command", Outcome::kIgnored,
     "'{value}' is a command of {format}: where it is missing, the script fails here.",
     "'{value}' es un comando de {format}: donde no esté, el script falla aquí."},
    {NoteCode::kVariableOfTool, "foreign-variable", Outcome::kIgnored,
     "{value} is a variable of {format} that is not set here.",
     "{value} es una variable de {format} que aquí no se define."},
    {NoteCode::kComponent, "component", Outcome::kIgnored,
     "Only the first component of a heterogeneous job is taken.",
     "Solo se toma el primer componente de un trabajo heterogéneo."},
    {NoteCode::kDependency, "dependency", Outcome::kIgnored,
     "Work waits for the good end (afterok) or any end (afterany) of others, not for '{value}'.",
     "El trabajo espera el buen fin (afterok) o cualquier fin (afterany) de otros, no '{value}'."},
    {NoteCode::kNeedsValue, "needs-value", Outcome::kIgnored,
     "'{value}' has no value here: it came from whoever submitted.",
     "'{value}' no tiene valor aquí: lo daba quien enviaba."},
    {NoteCode::kEntryPoint, "entry-point", Outcome::kIgnored,
     "No command is stated, and the image's own is not known: nothing is run.",
     "No se indica comando, y no se conoce el de la imagen: no se ejecuta nada."},
    {NoteCode::kOneContainer, "one-container", Outcome::kIgnored,
     "A task runs one command: that of the container '{value}'.",
     "Una tarea ejecuta un comando: el del contenedor '{value}'."},
    {NoteCode::kOtherCount, "other-count", Outcome::kIgnored,
     "'{value}' is another amount than the first choice: all choices here ask for the same.",
     "'{value}' es otra cantidad que la primera opción: aquí todas piden lo mismo."},
    {NoteCode::kNotLocal, "not-absolute", Outcome::kIgnored,
     "'{value}' is not an absolute path of the machine that runs it.",
     "'{value}' no es una ruta absoluta de la máquina que lo ejecuta."},
    {NoteCode::kNotHere, "not-counted", Outcome::kIgnored,
     "'{value}' is not counted here; cores, memory and accelerators are.",
     "'{value}' no se cuenta aquí; núcleos, memoria y aceleradores sí."},
    {NoteCode::kNotAWorkload, "no-workload", Outcome::kIgnored,
     "A document of kind {value} is no work.", "Un documento de tipo {value} no es trabajo."},
    {NoteCode::kExpression, "expression", Outcome::kIgnored,
     "'{value}' says more than that some labels must be there.",
     "'{value}' dice más que qué etiquetas deben estar."},
    {NoteCode::kLimitAbove, "limit-above-request", Outcome::kIgnored,
     "What is requested counts; {value} above it is not allowed for.",
     "Cuenta lo solicitado; no se prevé {value} por encima."},
    {NoteCode::kNotAVariable, "not-a-variable", Outcome::kIgnored,
     "'{value}' cannot name a variable here: letters, digits and _ can.",
     "Aquí '{value}' no puede nombrar una variable: letras, dígitos y _ sí."},
});

constexpr std::size_t kCodes = static_cast<std::size_t>(NoteCode::kCount);

consteval bool is_complete() {
  std::size_t next = 0;
  for (std::span<const Entry> part :
       {std::span<const Entry>(kMapped), std::span<const Entry>(kApproximated),
        std::span<const Entry>(kIgnored)})
    for (const Entry& entry : part)
      if (static_cast<std::size_t>(entry.code) != next++) return false;
  return next == kCodes;
}
static_assert(is_complete(), "one entry for each code, in the order of the codes");

const Entry& entry_of(NoteCode code) {
  auto at = static_cast<std::size_t>(code);
  if (at < kMapped.size()) return kMapped[at];
  at -= kMapped.size();
  if (at < kApproximated.size()) return kApproximated[at];
  return kIgnored[at - kApproximated.size()];
}

}  // namespace

std::string_view source_name(Source source) {
  constexpr std::array<std::string_view, kSources> kNames{"sbatch", "kubernetes", "skypilot",
                                                          "dstack"};
  return kNames[static_cast<std::size_t>(source)];
}

std::string_view source_title(Source source) {
  constexpr std::array<std::string_view, kSources> kTitles{"Slurm", "Kubernetes", "SkyPilot",
                                                           "dstack"};
  return kTitles[static_cast<std::size_t>(source)];
}

std::string_view outcome_name(Outcome outcome) {
  constexpr std::array<std::string_view, 3> kNames{"mapped", "approximated", "ignored"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string_view note_code_name(NoteCode code) {
  return entry_of(code).name;
}

Outcome outcome_of(NoteCode code) {
  return entry_of(code).outcome;
}

std::string note_text(const Note& note, Language language) {
  const Entry& entry = entry_of(note.code);
  std::string_view rest = language == Language::kSpanish ? entry.spanish : entry.english;
  std::string out;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    out += rest.substr(0, open);
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const std::size_t close = rest.find('}');
    const std::string_view name = rest.substr(1, close - 1);
    const auto found = std::ranges::find(note.parameters, name,
                                         [](const auto& p) { return std::string_view(p.first); });
    out += found == note.parameters.end() ? "?" : found->second;
    rest.remove_prefix(close + 1);
  }
  return out;
}

std::size_t Imported::count(Outcome outcome) const {
  return static_cast<std::size_t>(
      std::ranges::count(notes, outcome, [](const Note& note) { return note.outcome(); }));
}

}  // namespace sillar
