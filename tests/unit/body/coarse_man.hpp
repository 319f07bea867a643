#pragma once
// The built-in man, drawn coarsely: for tests of a whole body.
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/body/body.hpp>

namespace fluoro::test {

inline std::shared_ptr<Patient const> man()
{
    static auto const patient =
        std::make_shared<Patient const>(draw_built_in(built_in_patient("adult-male"), "trunk", 4));
    return patient;
}

} // namespace fluoro::test
