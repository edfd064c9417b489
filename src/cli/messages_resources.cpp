// What the verbs about a running service's queue, nodes, logs and money say.

#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kResources = std::to_array<Entry>({
    {Message::kVerbLogs, "Shows what a task wrote, and follows it.",
     "Muestra lo que escribió una tarea, y lo sigue."},
    {Message::kVerbHold, "Holds workloads back: what runs goes on, what waits does not start.",
     "Retiene cargas de trabajo: lo que se ejecuta sigue y lo que espera no empieza."},
    {Message::kVerbRelease, "Lets held workloads start again.",
     "Permite que empiecen las cargas de trabajo retenidas."},
    {Message::kVerbQueue, "Lists what waits and what runs, by priority and time.",
     "Lista lo que espera y lo que se ejecuta, por prioridad y tiempo."},
    {Message::kVerbMetrics, "Tells how busy a workload kept its devices.",
     "Indica cuánto usó una carga de trabajo sus dispositivos."},
    {Message::kTitleMemoryUsed, "Memory", "Memoria"},
    {Message::kNothingMeasured, "Nothing was measured.", "No se ha medido nada."},
    {Message::kVerbDrain,
     "Takes nodes out of use: nothing new starts there, and what runs moves where there is room.",
     "Deja nodos fuera de uso: nada nuevo empieza en ellos y lo que se ejecuta pasa a donde haya "
     "sitio."},
    {Message::kVerbBudget, "Shows how budgets stand: spent, reserved, left and foretold.",
     "Muestra cómo van los presupuestos: gastado, reservado, restante y previsto."},
    {Message::kVerbCost, "Shows what projects spent, and what nobody used.",
     "Muestra lo que gastaron los proyectos y lo que nadie usó."},
    {Message::kVerbWhoami, "Shows as whom the service sees you.",
     "Muestra como quién le ve el servicio."},
    {Message::kFlagFollow, "Go on until the task has ended.",
     "Continuar hasta que la tarea acabe."},
    {Message::kFlagTask, "Which task, from 0. Default 0.", "Qué tarea, desde 0. Por omisión 0."},
    {Message::kFlagErrorStream,
     "Of the error stream, where the workload gives it a file of its own.",
     "De la salida de errores, cuando la carga de trabajo le da un archivo propio."},
    {Message::kFlagUndo, "Take them back into use.", "Volver a ponerlos en uso."},
    {Message::kOperandNodeName, "Name of a node.", "Nombre de un nodo."},
    {Message::kQueueIsEmpty, "Nothing waits and nothing runs.", "Nada espera y nada se ejecuta."},
    {Message::kNoBudgets, "There are no budgets. Projects state theirs in `budgets`.",
     "No hay presupuestos. Los proyectos los indican en `budgets`."},
    {Message::kNoCosts, "Nothing has been spent, or the fleet has no prices.",
     "No se ha gastado nada, o la flota no tiene precios."},
    {Message::kTitlePriority, "Priority", "Prioridad"},
    {Message::kTitlePeriod, "Period", "Periodo"},
    {Message::kTitleSpent, "Spent", "Gastado"},
    {Message::kTitleReserved, "Reserved", "Reservado"},
    {Message::kTitleLeft, "Left", "Restante"},
    {Message::kTitleForecast, "Forecast", "Previsión"},
    {Message::kTitleOfDevices, "Accelerators", "Aceleradores"},
    {Message::kTitleOfCpu, "CPU and memory", "CPU y memoria"},
    {Message::kTitleHealth, "Health", "Salud"},
    {Message::kTitleFree, "Free", "Libres"},
    {Message::kTitleMethod, "Proven by", "Acreditado por"},
    {Message::kTitleOsUser, "Runs as", "Ejecuta como"},
});
static_assert(is_complete(kResources, Message::kFirstResource, Message::kFirstDemo));

}  // namespace

std::span<const Entry> resource_entries() {
  return kResources;
}

}  // namespace sillar::cli
