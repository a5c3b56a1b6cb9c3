// See llvm/Support/raw_ostream.h beside this.
#pragma once

namespace mlir {
inline namespace not_for_use {

class MLIRContext {
 public:
  MLIRContext();
  ~MLIRContext();
};

}  // namespace not_for_use
}  // namespace mlir
