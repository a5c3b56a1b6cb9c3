"""The distance of points on a sphere: functions of angles, element by element."""


def run(np, theta_1, phi_1, theta_2, phi_2):
    haversine = np.sin((theta_2 - theta_1) / 2) ** 2 + np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2) ** 2
    return 2 * np.arctan2(np.sqrt(haversine), np.sqrt(1 - haversine))
