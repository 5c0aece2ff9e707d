#pragma once  // Numbers of R's serialization format.

#include <cstdint>

namespace assay::rdata {

/// Type codes of serialize.c.
inline constexpr std::uint32_t kNil = 0, kSymbol = 1, kPairlist = 2, kClosure = 3, kEnvironment = 4, kPromise = 5,
                               kCall = 6, kSpecial = 7, kBuiltin = 8, kChars = 9, kLogical = 10, kInteger = 13,
                               kReal = 14, kComplex = 15, kText = 16, kDots = 17, kList = 19, kExpression = 20,
                               kPointer = 22, kWeak = 23, kRaw = 24, kS4 = 25, kAltrep = 238, kAttrPairlist = 239,
                               kAttrCall = 240, kBaseEnv = 241, kEmptyEnv = 242, kPersist = 247, kPackage = 248,
                               kNamespace = 249, kBaseNs = 250, kMissing = 251, kUnbound = 252, kGlobalEnv = 253,
                               kNilValue = 254, kReference = 255;

inline constexpr std::uint32_t kHasAttributes = 1 << 9, kHasTag = 1 << 10;

}  // namespace assay::rdata
