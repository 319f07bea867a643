// Parameters of the blend between kept pictures, read by GLSL (shaders/blend_pictures.comp) and C++ (engine/projection).
#ifndef FLUORO_SHARED_BLEND_PICTURES_H
#define FLUORO_SHARED_BLEND_PICTURES_H
#include "begin.h"
FLUORO_SHARED_BEGIN

struct BlendPictures { // push constants
    uint columns;
    uint rows;
    float first; // weights; a picture that is not wanted is any other, with 0
    float second;
    float third;
};

FLUORO_SHARED_END
#endif
