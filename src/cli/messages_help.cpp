// What --help and the reference say.

#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kHelp = std::to_array<Entry>({
    {Message::kHelpUsage, "Usage:", "Uso:"},
    {Message::kHelpExamples, "Examples:", "Ejemplos:"},
    {Message::kHelpVerbs, "Verbs:", "Verbos:"},
    {Message::kHelpOperands, "Arguments:", "Argumentos:"},
    {Message::kHelpFlags, "Flags:", "Opciones:"},
    {Message::kHelpCommonFlags, "Flags of every verb", "Opciones de todos los verbos"},
    {Message::kHelpChoices, "One of: {choices}.", "Uno de: {choices}."},
    {Message::kHelpRequired, "Required.", "Obligatorio."},
    {Message::kVerbCompletion, "Prints a completion script for a shell.",
     "Muestra un script de autocompletado para un intérprete de comandos."},
    {Message::kVerbDecide,
     "Decides over a scenario: where each task runs, why it waits, and who gives way to whom.",
     "Decide sobre un escenario: dónde se ejecuta cada tarea, por qué espera y quién cede a "
     "quién."},
    {Message::kVerbExplain,
     "Says why a workload is where it is: its reason, who goes first, what its projects hold.",
     "Dice por qué una carga de trabajo está donde está: su motivo, quién va antes y qué tienen "
     "sus proyectos."},
    {Message::kVerbPlan,
     "Says what submitting workloads would come to: places, victims, candidates and their price.",
     "Dice en qué quedaría enviar cargas de trabajo: lugares, desalojos, candidatos y su precio."},
    {Message::kVerbPrices,
     "Prints the price map or the location facts that the program carries, to be read or replaced.",
     "Muestra el mapa de precios o los datos de ubicación que lleva el programa, para leerlos o "
     "sustituirlos."},
    {Message::kVerbReplay,
     "Decides a recording again and compares every fact and snapshot, byte for byte; fails if any "
     "differs.",
     "Vuelve a decidir una grabación y compara cada hecho e instantánea, byte a byte; falla si "
     "alguno difiere."},
    {Message::kVerbReproduce,
     "Runs a published experiment on the product’s own code and compares: fgd is placement on the "
     "openb cluster.",
     "Ejecuta un experimento publicado con el propio código del producto y compara: fgd es la "
     "colocación en el clúster openb."},
    {Message::kVerbSchema, "Prints the JSON Schema of a kind of file, for editors.",
     "Muestra el esquema JSON de un tipo de archivo, para editores."},
    {Message::kVerbSimulate,
     "Runs a trace of workloads on a modelled cluster and reports times, utilisation and costs.",
     "Ejecuta una traza de cargas de trabajo en un clúster modelado e informa de tiempos, "
     "utilización y costes."},
    {Message::kVerbTest,
     "Decides over scenarios and compares with what they expect; fails if any differs.",
     "Decide sobre escenarios y compara con lo que esperan; falla si alguno difiere."},
    {Message::kVerbValidate, "Checks files and names every fault with line and column.",
     "Comprueba archivos e indica cada error con su línea y columna."},
    {Message::kVerbVersion, "Prints version, commit, compiler and kind of build.",
     "Muestra versión, revisión, compilador y tipo de compilación."},
    {Message::kFlagOutput, "Form of the answer.", "Forma de la respuesta."},
    {Message::kFlagLang, "Language of messages; without it LC_ALL, LC_MESSAGES or LANG decide.",
     "Idioma de los mensajes; sin ella deciden LC_ALL, LC_MESSAGES o LANG."},
    {Message::kFlagNoColor, "No colour, even on a terminal (as NO_COLOR=1).",
     "Sin color, ni siquiera en un terminal (como NO_COLOR=1)."},
    {Message::kFlagQuiet, "No remarks on standard error; errors remain.",
     "Sin observaciones en la salida de errores; los errores permanecen."},
    {Message::kFlagHelp, "Shows this.", "Muestra esta ayuda."},
    {Message::kFlagFleet, "The fleet that projects and workloads are checked against.",
     "La flota contra la que se comprueban proyectos y cargas de trabajo."},
    {Message::kFlagProjects, "The projects that workloads are checked against.",
     "Los proyectos contra los que se comprueban las cargas de trabajo."},
    {Message::kFlagPrices,
     "A price catalogue (CSV); without it what the fleet states and the price map.",
     "Un catálogo de precios (CSV); sin él, lo que indica la flota y el mapa de precios."},
    {Message::kFlagScenario, "The scenario that is asked about, after its rounds.",
     "El escenario sobre el que se pregunta, tras sus rondas."},
    {Message::kFlagRecording, "The recording that is asked about.",
     "La grabación sobre la que se pregunta."},
    {Message::kFlagAt, "The recording up to this time, in RFC 3339; without it all of it.",
     "La grabación hasta esta hora, en RFC 3339; sin ella, toda."},
    {Message::kFlagLast, "Only what follows the last snapshot, starting from that.",
     "Solo lo que sigue a la última instantánea, partiendo de ella."},
    {Message::kFlagTrace, "The trace: what arrives when, and how long it takes.",
     "La traza: qué llega cuándo y cuánto tarda."},
    {Message::kFlagFormat, "Form of the trace.", "Forma de la traza."},
    {Message::kFlagGpus, "A fleet of so many GPUs in nodes of eight.",
     "Una flota de tantas GPU en nodos de ocho."},
    {Message::kFlagSimulatedFleet, "A fleet file.", "Un archivo de flota."},
    {Message::kFlagNodes, "An openb node list (CSV).", "Una lista de nodos de openb (CSV)."},
    {Message::kFlagSimulatedProjects, "The projects, for a trace of format sillar.",
     "Los proyectos, para una traza de formato sillar."},
    {Message::kFlagPolicy, "Who goes first; sillar by default.",
     "Quién va primero; sillar si falta."},
    {Message::kFlagCompress, "Arrivals so many times as dense; run times stay.",
     "Llegadas tantas veces más densas; los tiempos de ejecución no cambian."},
    {Message::kFlagRestart, "Restart cost of every workload, in place of what the trace says.",
     "Coste de reinicio de cada carga de trabajo, en lugar de lo que dice la traza."},
    {Message::kFlagNodeMtbf, "Mean time between faults of one node; without it nodes do not fail.",
     "Tiempo medio entre fallos de un nodo; sin él, los nodos no fallan."},
    {Message::kFlagNodeRepair, "Time until a failed node is back.",
     "Tiempo hasta que un nodo que falló vuelve."},
    {Message::kFlagDeviceMtbf,
     "Mean time between faults of one device; without it devices do not fail.",
     "Tiempo medio entre fallos de un dispositivo; sin él, los dispositivos no fallan."},
    {Message::kFlagDeviceRepair, "Time until a failed device is back.",
     "Tiempo hasta que un dispositivo que falló vuelve."},
    {Message::kFlagSeed, "Seed of the faults; 1 by default.", "Semilla de los fallos; 1 si falta."},
    {Message::kFlagRecord,
     "Records inputs and facts in a new file of this folder, for replay and explain.",
     "Graba entradas y hechos en un archivo nuevo de esta carpeta, para replay y explain."},
    {Message::kFlagSeries, "Adds the values over time to the JSON and YAML answer.",
     "Añade a la respuesta JSON y YAML los valores a lo largo del tiempo."},
    {Message::kFlagOpenbData, "The folder with the openb lists; examples/data/openb by default.",
     "La carpeta con las listas de openb; examples/data/openb si falta."},
    {Message::kFlagOpenbList, "The pod list; default by default.",
     "La lista de pods; default si falta."},
    {Message::kFlagPlacementPolicy, "One policy; without it all are compared.",
     "Una política; sin ella se comparan todas."},
    {Message::kFlagSeeds, "Seeds of the runs; 42..51 by default.",
     "Semillas de las ejecuciones; 42..51 si falta."},
    {Message::kFlagDemand,
     "What fgd and sillar know of the pods to come: the list’s own mix, or what has arrived so "
     "far; list by default.",
     "Qué saben fgd y sillar de los pods por venir: la mezcla de la lista o lo llegado hasta "
     "entonces; list si falta."},
    {Message::kFlagNodeCount, "Cuts or repeats the node list to so many nodes.",
     "Recorta o repite la lista de nodos hasta tantos nodos."},
    {Message::kOperandShell, "The shell.", "El intérprete de comandos."},
    {Message::kOperandPrices, "What to print; the price map by default.",
     "Qué mostrar; si falta, el mapa de precios."},
    {Message::kOperandKind, "The kind of file.", "El tipo de archivo."},
    {Message::kOperandModelFiles,
     "Scenarios, fleets, projects or workloads, told apart by their keys; '-' is standard input.",
     "Escenarios, flotas, proyectos o cargas de trabajo, distinguidos por sus claves; '-' es la "
     "entrada estándar."},
    {Message::kOperandScenario, "The scenario; '-' is standard input.",
     "El escenario; '-' es la entrada estándar."},
    {Message::kOperandScenarios, "The scenarios.", "Los escenarios."},
    {Message::kOperandWorkload, "Name of the workload.", "Nombre de la carga de trabajo."},
    {Message::kOperandPlanned, "The workloads that would be submitted; '-' is standard input.",
     "Las cargas de trabajo que se enviarían; '-' es la entrada estándar."},
    {Message::kOperandRecording, "The folder of a recording.", "La carpeta de una grabación."},
    {Message::kOperandExperiment, "The experiment.", "El experimento."},
});
static_assert(is_complete(kHelp, Message::kFirstHelp, Message::kFirstPage));

}  // namespace

std::span<const Entry> help_entries() {
  return kHelp;
}

}  // namespace sillar::cli
