#pragma once
#include <cstdio>
#include <cstdlib>

/// A promise between parts of our own code. Broken = a defect: says where and stops. Checked in every build; keep it
/// out of inner loops.
#define FLUORO_EXPECT(condition)                                                                                       \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            std::fprintf(stderr, "fluorolab: broken promise: %s (%s:%d)\n", #condition, __FILE__, __LINE__);           \
            std::abort();                                                                                              \
        }                                                                                                              \
    } while (false)
