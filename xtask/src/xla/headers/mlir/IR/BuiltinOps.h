// See llvm/Support/raw_ostream.h beside this.
#pragma once

#include "llvm/Support/raw_ostream.h"

namespace mlir {
inline namespace not_for_use {

class ModuleOp {
 public:
  void print(llvm::raw_string_ostream& stream);
};

}  // namespace not_for_use
}  // namespace mlir
