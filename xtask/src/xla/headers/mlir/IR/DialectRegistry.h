// See llvm/Support/raw_ostream.h beside this. XLA's header includes it, and needs nothing of it.
#pragma once
