#pragma once
#include <fluoro/patient/volume.hpp>
#include <string>
#include <string_view>

namespace fluoro {

/// Where no tool and no cement should be about a vertebra.
enum class SpinePlace { none, canal, foramen, disc };
/// "", "spinal canal", "foramen", "disc".
std::string_view name_of(SpinePlace place);

/// Canal, foramina and discs of a patient, by his labels and the line through his landmarks "canal-...".
class SpinePlaces {
public:
    explicit SpinePlaces(Patient const& patient);
    /// Of a point that is in no bone. `label`: the label map's there.
    SpinePlace at(Vec3 const& p_mm, int label) const;
    /// The canal's middle at a height; none above and below the landmarks.
    std::optional<Vec3> middle_at(double z_mm) const;

private:
    struct Mark {
        Vec3 canal_mm{0}, back{0, 1, 0}; ///< from the body's middle to the canal's
    };
    std::vector<Mark> marks_; ///< from below
};

/// Label of a vertebra ("T12"), as labels say it; throws Error for what is none.
int vertebra_label(std::string_view level);

} // namespace fluoro
