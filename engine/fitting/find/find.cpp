#include "findings.hpp"

namespace fluoro {

Findings find(Volume const& ct, BodyPlan const& plan)
{
    Findings found;
    found.work = work_volume(ct, 2);
    found.lungs.assign(found.work.hu.size(), 0);
    find_body(found);
    found.spine.canal = find_canal(found);
    if (found.spine.canal.points_mm.empty())
        found.not_found.push_back("spine: no canal with bone around it over 50 mm or more");
    find_lungs(found);
    find_airway(found);
    if (found.carina) {
        // Once more without the windpipe, which may join both lungs.
        std::erase_if(found.not_found, [](auto const& line) { return line.find(" lung: ") != std::string::npos; });
        find_lungs(found);
    }
    find_sternum_and_heart(found);
    find_hips(found);
    find_vertebrae(found, plan);
    find_aorta(found, plan);
    return found;
}

} // namespace fluoro
