// See llvm/Support/raw_ostream.h beside this.
#pragma once

namespace mlir {
inline namespace not_for_use {

template <typename Op>
class OwningOpRef {
 public:
  OwningOpRef(OwningOpRef&& other);
  OwningOpRef& operator=(OwningOpRef&& other);
  ~OwningOpRef();
  Op* operator->();
};

}  // namespace not_for_use
}  // namespace mlir
