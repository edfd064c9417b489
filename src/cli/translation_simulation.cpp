#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    // Traces.
    {"'{}' is no number", "'{0}' no es un número"},
    {"{} of each of {} GPUs: only one can be shared",
     "se piden {0} de cada una de {1} GPU: solo se puede compartir una"},
    {"{} is before the pod began, at {}", "{0} es anterior al comienzo del pod, en {1}"},
    {"a node with GPUs names their model", "un nodo con GPU debe nombrar el modelo de estas"},
    {"'{}' cannot name a class of GPUs", "'{0}' no puede nombrar una clase de GPU"},
    {"a pod without times of creation and deletion cannot be replayed; take a list that has them",
     "un pod sin horas de creación y de borrado no se puede repetir; use una lista que las tenga"},
    {"'{}' is not a whole number from {} to {}", "'{0}' no es un número entero de {1} a {2}"},
    {"'{}' cannot name a project: up to {} letters, digits, '.', '_' and '-' can",
     "'{0}' no puede nombrar un proyecto: pueden hacerlo hasta {1} letras, dígitos, '.', '_' y "
     "'-'"},
    {"arrives at {}, outside {} to {}", "llega en {0}, fuera del intervalo de {1} a {2}"},
    {"{} tasks of {} are too much work", "{0} tareas de {1} son demasiado trabajo"},
    {"arrivals become so sparse that it would come after {}",
     "las llegadas se espacian tanto que esta sería después de {0}"},
    {"a mapping from names to durations was expected",
     "se esperaba un mapa de nombres a duraciones"},
    {"a duration was expected", "se esperaba una duración"},
    {"a task does not wait; in a trace all work arrives, so leave the states of its tasks out",
     "una tarea no está en espera; en una traza todo el trabajo llega, así que omita los estados "
     "de sus tareas"},
    {"neither an estimate nor a run time; state one under run_times",
     "no tiene estimación ni tiempo de ejecución; indique uno en run_times"},
    // What is simulated.
    {"there is no policy '{}'; policies are {}",
     "no existe la política '{0}'; las políticas son {1}"},
    {"there is no policy '{}' (did you mean '{}'?); policies are {}",
     "no existe la política '{0}' (¿quiso decir '{1}'?); las políticas son {2}"},
    {"nodes that fail need a time until their repair",
     "los nodos que fallan necesitan un tiempo hasta su reparación"},
    {"devices that fail need a time until their repair",
     "los dispositivos que fallan necesitan un tiempo hasta su reparación"},
    {"{} retries are outside 0 to {}", "{0} reintentos están fuera del intervalo de 0 a {1}"},
    {"arrives at {}, before the job in front of it",
     "llega en {0}, antes que el trabajo que va delante"},
    {"with its tasks the trace has more than {}", "con sus tareas la traza tiene más de {0}"},
    {"the trace has more than {} checkpoints of tasks; longer intervals make fewer",
     "la traza tiene más de {0} puntos de control de tareas; con intervalos más largos hay menos"},
    {"some {} faults are to be expected, and at most {} are simulated; a longer time between "
     "faults makes fewer",
     "cabe esperar unos {0} fallos, y se simulan como máximo {1}; con más tiempo entre fallos hay "
     "menos"},
    {"a simulation needs a trace", "una simulación necesita una traza"},
    {"full cycles come at a pace of more than nothing",
     "los ciclos completos llevan un ritmo mayor que cero"},
    {"a series has 2 to 100000 points", "una serie tiene de 2 a 100000 puntos"},
    {"{} GPUs do not make whole nodes of {} (at most {})",
     "{0} GPU no forman nodos enteros de {1} (como máximo {2})"},
    {"there were {} faults by {}, and no more are simulated; {} of {} jobs had ended, and work "
     "that begins again at every fault may never end: make faults rarer, checkpoints denser or "
     "jobs shorter",
     "hubo {0} fallos hasta {1}, y no se simulan más; habían terminado {2} de {3} trabajos, y el "
     "que vuelve a empezar con cada fallo puede no terminar nunca: espacie los fallos, acerque los "
     "puntos de control o acorte los trabajos"},
    // Published experiments.
    {"'{}' is no percentage", "'{0}' no es un porcentaje"},
    {"there is no policy '{}'; there are {}", "no existe la política '{0}'; existen {1}"},
    {"the last seed, {}, comes before the first, {}",
     "la última semilla, {0}, es anterior a la primera, {1}"},
    {"at most {} seeds are run at a time", "se ejecutan como máximo {0} semillas a la vez"},
    {"there are no pods", "no hay pods"},
});

}  // namespace

std::span<const Translation> simulation_translations() {
  return kSentences;
}

}  // namespace sillar::cli
