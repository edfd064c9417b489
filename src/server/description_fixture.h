#pragma once

// Holds every answer of a service against the OpenAPI document, and the document against what was
// answered: once all tests of the program have run, whatever it declares has to have been seen.

#include "server/api.h"

namespace sillar::server {

// For ServiceOptions::witness. A test fails for an answer that the document does not describe.
[[nodiscard]] Witness description_witness();

}  // namespace sillar::server
