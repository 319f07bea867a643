#pragma once
// Inside the instruments module: one vertebra while it is worked on.
#include <fluoro/instruments/bone_balloon.hpp>
#include <fluoro/instruments/cement_shape.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// What balloons do to a vertebra, and the cement in it.
class Vertebra {
public:
    Vertebra(Patient const& patient, std::string level);

    std::string const& level() const { return level_; }
    /// Height that the front of the body has lost against its neighbours' mean [mm].
    double lost_height_mm() const { return lost_mm_; }
    /// Lays a balloon here; afterwards `change` with the number that this says.
    int lay(BoneBalloon& balloon, Vec3 const& middle_mm, Vec3 const& axis);
    /// What a balloon has made by now.
    void change(int balloon, Hollow const& hollow, Lift const& lift);
    double lifted_mm() const;
    double hollow_ml() const;

    bool has_cement() const { return cement_ && cement_->total_ml() > 0; }
    /// The first cement of this vertebra, or the same mix again. Why not; empty = ready.
    std::string take_mix(CementMix const& mix, int number, std::uint64_t seed);
    std::optional<Cement>& cement() { return cement_; }
    std::optional<Cement> const& cement() const { return cement_; }

    /// Brings the picture up to now; cheap when nothing has changed.
    void refresh_picture();
    void draw(std::vector<ToolCloud>& clouds) const;
    std::uint64_t state_hash() const;

private:
    struct Change {
        Hollow hollow;
        Lift lift;
    };
    std::string level_;
    std::shared_ptr<BoneSpace const> intact_, space_; ///< as the CT has it; as balloons have left it
    Vec3 middle_mm_{0}, posterior_{0, 1, 0};
    double back_wall_mm_ = 0, lost_mm_ = 0;
    std::vector<Change> changes_;
    bool is_space_old_ = false, is_picture_old_ = false;
    std::optional<Cement> cement_;
    int mix_ = 0;
    CementShape shape_;
    std::uint64_t shape_of_ = 0; ///< parcels and volume that it was made of
    std::vector<CloudParcel> added_, removed_;
    std::vector<std::uint32_t> ring_;
    std::vector<float> now_hu_; ///< of the places that balloons can reach
    int refreshes_ = 0;

    Vec3 source_of(Vec3 const& p) const;
    double reach(Vec3 const& p) const;
    /// Visits every voxel that balloons can have changed: its place, its number.
    template <class Visit> void each_reached(Visit const& visit) const;
    void make_space();
    void draw_change();
};

} // namespace fluoro
