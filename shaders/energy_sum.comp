#version 450
// The energy sum over a fitted table.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define energies signal_fitted_energies
#include "energy_sum.glsl"
