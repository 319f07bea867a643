#include "../builders.hpp"
#include "limb_form.hpp"

namespace fluoro {

std::vector<PatientOption> limbs_options()
{
    return {{"arms", "raised or out",
             "beside the head, clear of lateral views of the chest, or level with the shoulders, on boards"}};
}

void build_limbs(Anatomy& anatomy)
{
    for (int const sign : {-1, 1}) add_arm(anatomy, sign);
    add_legs(anatomy);
}

} // namespace fluoro
