#include "../skeleton/rib_path.hpp"
#include "courses.hpp"
#include "vessel_sizes.hpp"

#include <cmath>

namespace fluoro {

void add_intercostal_arteries(VesselTree& tree)
{
    BodyPlan const& plan = tree.plan();
    double const c = calibre(plan.parameters), k = plan.scale;
    RibPaths const ribs{plan};
    std::string aorta = "descending-aorta";
    for (int rib = 5; rib <= 11; ++rib) {
        VertebraPlan const& v = plan.vertebra(level_at(int(Level::t1) + rib - 1));
        std::string const number = std::to_string(rib), node = "intercostal-ostium-" + number;
        tree.cut(aorta, v.frame.at(20 * k, -14 * k, -2), node, "descending-aorta-" + number);
        aorta = "descending-aorta-" + number;
        for (int const sign : {-1, 1}) {
            // Close around the body to its side, clear of the next rib's head (the eleventh rib has its own vertebra to
            // itself), then below the rib.
            double const rise = rib == 11 ? -7 : 3;
            std::vector<Vec3> through;
            for (double const angle : {84.0, 50.0, 15.0, -20.0}) {
                // The left ones leave from beside the body.
                if (sign > 0 && angle > 20) continue;
                double const a = radians(angle);
                through.push_back(v.frame.at(sign * (v.endplate_width_mm / 2 + 1.9) * std::cos(a),
                                             -(v.endplate_depth_mm / 2 + 1.9) * std::sin(a),
                                             rise - 0.02 * (84 - angle)));
            }
            std::vector<BoneStation> const stations = ribs.rib(rib, sign > 0 ? Side::left : Side::right);
            std::size_t const count = stations.size();
            for (double const share : {0.25, 0.31, 0.38, 0.46, 0.54, 0.62, 0.7}) {
                BoneStation const& s = stations[std::size_t(share * double(count - 1))];
                through.push_back(s.at - (s.half_wide_mm + 2.2) * s.up);
            }
            tree.artery(side_name(sign) + "intercostal-" + number, node, "", through, c * 1.1, c * 0.7);
        }
    }
}

void add_bronchial_arteries(VesselTree& tree)
{
    BodyPlan const& plan = tree.plan();
    Placement const at{plan};
    double const c = calibre(plan.parameters);
    // From the aorta's front below the arch to the back of the main bronchi.
    tree.artery("left-bronchial", "bronchial-ostium", "", {at(24, -7, 278), at(25, -1, 265), at(30, 4, 256)}, c * 0.9,
                c * 0.7);
    tree.artery("right-bronchial", "bronchial-ostium", "",
                {at(14, 1, 283), at(11, -3, 280), at(2, -2, 275), at(-8, 1, 265), at(-18, 1, 257)}, c * 0.9, c * 0.7);
}

} // namespace fluoro
