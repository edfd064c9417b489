#pragma once

// One token for everything, in a file of the folder that its owner alone may read.

#include <string>

#include "server/api.h"

namespace sillar::server {

// Makes folder and file where there is none. Errors: kIo; kInvalidInput for a file that others may
// read or that holds no token.
[[nodiscard]] Result<Authenticate> token_file_authentication(const std::string& folder,
                                                             const std::string& name);

}  // namespace sillar::server
