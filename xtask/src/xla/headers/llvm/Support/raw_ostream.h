// Declarations that let the C++ file of the `xla` crate compile where LLVM's own headers are missing.
//
// Nothing here has a body. The one function that uses these classes is the conversion to StableHLO, which hloom
// does not call, so that the linker drops it together with what it would need; a program that calls it does not
// link. The inline namespace gives every name another mangling than LLVM's, so that nothing that is compiled from
// these declarations can be taken for a part of the library, or the other way round.
#pragma once

#include <string>

namespace llvm {
inline namespace not_for_use {

class raw_string_ostream {
 public:
  explicit raw_string_ostream(std::string& text);
  ~raw_string_ostream();
  void flush();
};

}  // namespace not_for_use
}  // namespace llvm
