#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    {"a control plane keeps the rules that it began with; start another for other rules",
     "un plano de control conserva las reglas con las que empezó; inicie otro para otras reglas"},
    {"money is counted, so every node keeps a price; state 0 where it is free",
     "se cuenta dinero, así que cada nodo conserva un precio; indique 0 donde sea gratis"},
    {"money is counted in {}, but the prices are in {}; state them in {}",
     "el dinero se cuenta en {0}, pero los precios están en {1}; indíquelos en {2}"},
    {"class '{}' has devices that are held by tasks, {} of them, so its memory and MIG profiles "
     "stay; drain its nodes first",
     "la clase '{0}' tiene dispositivos ocupados por {1} tareas, así que su memoria y sus perfiles "
     "MIG no cambian; vacíe antes sus nodos"},
    {"node '{}' holds tasks, {} of them; drain it first, then remove it",
     "el nodo '{0}' tiene {1} tareas; vacíelo antes y quítelo después"},
    {"node '{}' holds tasks, {} of them, so its class, devices, cores and memory stay; drain it "
     "first",
     "el nodo '{0}' tiene {1} tareas, así que su clase, dispositivos, núcleos y memoria no "
     "cambian; "
     "vacíelo antes"},
    {"node '{}' holds tasks, {} of them, and would take {}; drain it first",
     "el nodo '{0}' tiene {1} tareas y solo admitiría {2}; vacíelo antes"},
    {"project '{}' has or had workloads, {} of them, and cannot become a parent; put the new "
     "projects beside it",
     "el proyecto '{0}' tiene o tuvo {1} cargas y no puede pasar a tener hijos; ponga los "
     "proyectos "
     "nuevos a su lado"},
    {"project '{}' has workloads that are not over, {} of them, and cannot be removed; keep it, "
     "and "
     "close it with a limit of 0",
     "el proyecto '{0}' tiene {1} cargas sin terminar y no se puede quitar; consérvelo y ciérrelo "
     "con un límite de 0"},
    {"project '{}' had workloads, {} of them, whose history stays under its name; keep it, and "
     "close it with a limit of 0",
     "el proyecto '{0}' tuvo {1} cargas, cuya historia queda a su nombre; consérvelo y ciérrelo "
     "con "
     "un límite de 0"},
    {"workload '{}': {}: {}; cancel it, or keep what it names",
     "carga '{0}': {1}: {2!}; cancélela o conserve lo que nombra"},
    {"class '{}' is the only one that workload '{}' accepts; cancel it, or keep the class",
     "la clase '{0}' es la única que acepta la carga '{1}'; cancélela o conserve la clase"},
    {"workload '{}' names a class that is only now added, and runs by another; wait until it is "
     "over, or cancel it",
     "la carga '{0}' nombra una clase que se añade ahora y se ejecuta con otra; espere a que "
     "termine o cancélela"},
    {"node '{}' has no price, but others have; state its price_per_hour",
     "el nodo '{0}' no tiene precio y otros sí; indique su price_per_hour"},
    {"a configuration states no work; submit it instead",
     "una configuración no indica trabajo; envíelo en su lugar"},
    {"only a scenario states this; leave it out", "esto solo lo indica un escenario; quítelo"},
    {"a configuration states options, fleet or projects",
     "una configuración indica opciones (options), flota (fleet) o proyectos (projects)"},
    {"the world was not made for this state", "el mundo no se hizo para este estado"},
    {"its parent is not declared", "su padre no está declarado"},
    {"there is no '{}' to retire", "no hay '{0}' que retirar"},
    {"'{}' is a list of names", "'{0}' es una lista de nombres"},
});

}  // namespace

std::span<const Translation> change_translations() {
  return kSentences;
}

}  // namespace sillar::cli
