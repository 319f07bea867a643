#version 450
// The energy sum over physics' bins, for beams that no fitted table is right enough for.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define energies signal_max_energies
#include "energy_sum.glsl"
