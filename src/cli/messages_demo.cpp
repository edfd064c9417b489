#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kDemo = std::to_array<Entry>({
    {Message::kVerbDemo,
     "Serves this machine and a simulated fleet of several clouds that real traces keep busy.",
     "Sirve esta máquina y una flota simulada de varias nubes que trazas reales mantienen "
     "ocupada."},
    {Message::kFlagDemoSpeed,
     "How much faster than they were recorded the traces arrive and run, 1 to 3600. Default 60.",
     "Cuánto más rápido de lo grabado llegan y se ejecutan las trazas, de 1 a 3600. Por omisión "
     "60."},
    {Message::kFlagDemoData,
     "Folder that holds everything the demo keeps; made if need be. Default sillar-demo, of root "
     "/var/lib/sillar-demo.",
     "Carpeta con todo lo que guarda la demo; se crea si hace falta. Por omisión sillar-demo, de "
     "root /var/lib/sillar-demo."},
    {Message::kFlagDemoDevices,
     "Accelerators of this machine, such as h100:8; without it those found, else h100:8, only "
     "declared. Counts at the first start.",
     "Aceleradores de esta máquina, como h100:8; sin ello los encontrados, o si no h100:8, solo "
     "declarados. Cuenta en el primer arranque."},
    {Message::kFlagDemoRunAs,
     "OS user that the first administrator’s commands run as; without it whoever started this, "
     "never root: then nobody. Counts at the first start.",
     "Usuario del sistema con el que se ejecutan los comandos del primer administrador; sin ello "
     "quien arrancó esto, nunca root: entonces nobody. Cuenta en el primer arranque."},
    {Message::kFlagDemoExamples,
     "Folder of the fleet, the projects, the traces and the prices. Default examples.",
     "Carpeta de la flota, los proyectos, las trazas y los precios. Por omisión examples."},
    {Message::kDemoServes,
     "serves a demo at {url}: its clouds are simulated, this machine is real and runs commands as "
     "{user}; stop it with Ctrl-C",
     "sirve una demo en {url}: sus nubes son simuladas, esta máquina es real y ejecuta comandos "
     "como {user}; deténgala con Ctrl-C"},
    {Message::kDemoNext, "In another terminal:", "En otra terminal:"},
    {Message::kDemoStaysHere,
     "{address} can be reached from other machines; a demo is for this one: listen on 127.0.0.1",
     "A {address} se llega desde otras máquinas; una demo es para esta: escuche en 127.0.0.1"},
});
static_assert(is_complete(kDemo, Message::kFirstDemo, Message::kFirstVerbs));

}  // namespace

std::span<const Entry> demo_entries() {
  return kDemo;
}

}  // namespace sillar::cli
